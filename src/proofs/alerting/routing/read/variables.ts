/** Variables in the configuration of an Alertmanager, which expands none by itself. */
import { containers, type KubeObject, type Workload } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { secretNameIn, volumeSources } from '../../../../model/volumes.ts';

/** `open`: whether anything fills them in is not known. */
export type Variables = 'filled-in' | 'open';

/** Whether a value is for the environment to give: `${PAGERDUTY_KEY}`, `$SLACK_URL`; not what a template writes. */
export function namesVariable(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('{{') && /\$\{[A-Za-z_]\w*\}|^\$[A-Z_][A-Z0-9_]*$/.test(value);
}

/** Programs that write a file from a template and the environment; `sed` does it by hand. */
const TEMPLATING =
  /\b(?:envsubst|gomplate|confd|consul-template|dockerize|esh|jinja2?|j2|vault|sed|perl|awk|python3?)\b/;

/** What becomes of variables in the files of an object: a container of a pod that mounts it may write the configuration from them. */
export function variablesIn(view: PlatformView, { kind, name, namespace = 'default' }: KubeObject): Variables {
  const isFilled = view
    .workloads()
    .some((workload) => workload.namespace === namespace && mounts(workload, kind, name) && templates(workload));
  return isFilled ? 'filled-in' : 'open';
}

function mounts(workload: Workload, kind: string, name: string): boolean {
  return volumeSources(workload).some((source) =>
    kind === 'Secret' ? secretNameIn(source) === name : source.get('configMap', 'name').string() === name,
  );
}

function templates(workload: Workload): boolean {
  return containers(workload).some(({ at }) =>
    [at.get('image').string() ?? '', ...at.get('command').strings(), ...at.get('args').strings()].some((word) =>
      TEMPLATING.test(word),
    ),
  );
}
