import type { Cursor } from '../../model/cursor.ts';
import { cursor, type Workload } from '../../model/kube.ts';

/** The pod template of a workload; the object itself for a bare pod. */
export function podTemplateOf(workload: Workload): Cursor {
  const root = cursor(workload.object);
  if (workload.kind === 'Pod') return root;
  return workload.kind === 'CronJob'
    ? root.get('spec', 'jobTemplate', 'spec', 'template')
    : root.get('spec', 'template');
}
