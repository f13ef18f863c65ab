import type { Patch, Subject } from '../../model/control.ts';
import { below } from '../../model/origin.ts';
import type { podSecurity } from './check.ts';

type Pods = ReturnType<ReturnType<typeof podSecurity>>;

/** What each restricted rule needs, relative to the container. */
const SETTINGS: Readonly<Record<string, readonly [readonly string[], unknown]>> = {
  'running as non-root': [['runAsNonRoot'], true],
  'privilege escalation': [['allowPrivilegeEscalation'], false],
  seccomp: [['seccompProfile'], { type: 'RuntimeDefault' }],
  'dropped capabilities': [['capabilities', 'drop'], ['ALL']],
};

/**
 * Sets the fields that only tighten. What the program itself may need (a capability, a node path, user 0) is left to people, and so
 * is a workload that breaks such a rule: half a repair would read as a whole one.
 */
export function synth(_subject: Subject, pods: Pods): Patch[] {
  return pods.flatMap((pod) => {
    const violations = pod.violations.filter(({ before }) => before === undefined);
    if (!violations.every(({ rule }) => SETTINGS[rule] !== undefined)) return [];
    return violations.flatMap(({ rule, found }): Patch[] => {
      const setting = SETTINGS[rule];
      if (setting === undefined) return [];
      const [path, value] = setting;
      const atField = found.origin.pointer?.at(-1) === path[0];
      const origin = atField ? found.origin : below(found.origin, 'securityContext', ...path);
      return [{ op: 'set', origin, value, reason: `${found.value}, in ${pod.workload}` }];
    });
  });
}
