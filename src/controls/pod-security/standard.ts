import { containers, podMetadata, podSpec, type Workload } from '../../model/kube.ts';
import { containerBaseline, hostPaths, hostRules, podBaseline } from './baseline.ts';
import { containerRestricted, procMountRule, restrictedVolumes } from './restricted.ts';
import type { Violation } from './violation.ts';

/** From this minor version of the policy on, user namespaces of a pod's own stand in for rules about root. */
const USER_NAMESPACES = 35;

/** Every rule of both levels that the pods of a workload break; `minor` is the version of the policy, undefined where it is not known. */
export function violations(workload: Workload, minor: number | undefined): Violation[] {
  const spec = podSpec(workload);
  const all = containers(workload).map(({ name, at }) => ({ name, at, context: at.get('securityContext') }));
  const linux = spec.get('os', 'name').string() !== 'windows';
  const found = [
    ...hostRules(spec),
    ...all.flatMap(containerBaseline),
    ...podBaseline(spec, podMetadata(workload)),
    ...hostPaths(spec),
    ...restrictedVolumes(spec),
    ...all.flatMap((container) => containerRestricted(container, spec.get('securityContext'), linux)),
  ];
  if (spec.get('hostUsers').boolean() !== false || (minor ?? USER_NAMESPACES) < USER_NAMESPACES) return found;
  const relaxed = [...found, ...all.flatMap(procMountRule)];
  return minor === undefined ? relaxed.map(doubted) : relaxed.filter((violation) => !isRelaxed(violation));
}

function isRelaxed({ level, rule }: Violation): boolean {
  return level === 'baseline' ? rule === '/proc mount' : rule.startsWith('running as non-root');
}

function doubted(violation: Violation): Violation {
  return isRelaxed(violation) ? { ...violation, before: `1.${USER_NAMESPACES}` } : violation;
}
