import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Result } from '../../model/result.ts';
import { nameOf } from './flaw.ts';
import { deadPortFlaw, flawsOf, type Params } from './flaws.ts';
import type { Probed } from './input.ts';

export function check(subject: Subject, { containers, deadPorts = [] }: Probed, params: Params): Result {
  const asked = containers.filter(({ role, container }) => role === 'main' && !params.exempt.includes(container));
  if (asked.length === 0) return inconclusive(`${subject.name} has no container to look at`);
  const flaws = [...containers.flatMap((container) => flawsOf(container, params)), ...deadPorts.map(deadPortFlaw)];
  const findings = flaws.map(({ finding }) => finding);
  const injected = asked.find(({ isInjected }) => isInjected === true);
  if (findings.length === 0 && injected !== undefined)
    return inconclusive(
      `the probes of ${nameOf(injected)} are put in by the injector of Istio as the pod is made`,
      injected.origin,
    );
  const startup = asked.filter(({ probes }) => probes.startupProbe !== undefined).length;
  return failOr(
    findings,
    `${asked.length} ${asked.length === 1 ? 'container' : 'containers'} with liveness and readiness, ${startup} with startup probes`,
    {
      containers: asked.length,
      startupProbes: startup,
    },
  );
}
