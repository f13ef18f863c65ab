import type { Probe } from '../../proofs/probes/index.ts';
import { flaw, nameOf, type Flaw } from './flaw.ts';
import type { ProbedContainer } from './input.ts';

/** A shell that is given a command, and programs that succeed whatever state the container is in. */
const SHELL = /^(?:\S*\/)?(?:ba|da|a)?sh\s+-\w*c\s+/;
const SUCCEEDS = /^(?:(?:\S*\/)?true|:|exit(?:\s+0)?|(?:\S*\/)?echo(?:\s[^;&|$`<>]*)?)\s*;?\s*$/;

/** Whether a probe runs nothing that can fail, so that it is as good as none. */
export function alwaysSucceeds({ handlers: [handler] }: Probe): boolean {
  return handler?.kind === 'exec' && SUCCEEDS.test(handler.asks.replace(SHELL, '').trim());
}

/** Probes that stand where one is asked for and cannot fail. */
export function idle(container: ProbedContainer, { liveness }: { readonly liveness: boolean }): Flaw[] {
  const { livenessProbe, readinessProbe } = container.probes;
  const flaws: Flaw[] = [];
  if (readinessProbe !== undefined && alwaysSucceeds(readinessProbe))
    flaws.push(
      flaw(
        container.service === undefined ? 'medium' : 'high',
        `the readiness probe of ${nameOf(container)} runs "${commandOf(readinessProbe)}", which always succeeds: the pod is ready whatever it can answer`,
        'Ask something that answers only when requests can be served.',
        readinessProbe.origin,
      ),
    );
  if (liveness && livenessProbe !== undefined && alwaysSucceeds(livenessProbe))
    flaws.push(
      flaw(
        'medium',
        `the liveness probe of ${nameOf(container)} runs "${commandOf(livenessProbe)}", which always succeeds: a process that hangs is never restarted`,
        'Ask the process itself, not what it depends on.',
        livenessProbe.origin,
      ),
    );
  return flaws;
}

function commandOf({ handlers }: Probe): string {
  return handlers[0]?.asks ?? '';
}
