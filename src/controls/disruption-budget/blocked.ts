/** Pods that a webhook keeps from coming back, and rollouts and drains that it stops. */
import { below, type Origin } from '../../model/origin.ts';
import type { Finding } from '../../model/result.ts';
import type { Blockage, Stopped } from '../../proofs/admission/index.ts';
import type { Blocked } from './input.ts';

const REFUSED: Readonly<Record<Stopped, string>> = {
  'new pods': 'no new pod is admitted, so that one which is drained does not come back',
  'new versions': 'no ReplicaSet is admitted, so that no new version is rolled out',
  changes: 'no change of it is admitted',
  evictions: 'no eviction is admitted, so that none of its nodes can be drained',
};

/** What is wrong for certain. */
export function blockageFindings(blocked: readonly Blocked[]): Finding[] {
  return blocked.flatMap(({ workload, by }) => findingOf(workload, by) ?? []);
}

/** What could hide a break. */
export function blockageQuestion(blocked: readonly Blocked[]): { because: string; origin: Origin } | undefined {
  for (const { by } of blocked) if (by.kind === 'unknown') return by;
  return undefined;
}

function findingOf(workload: string, by: Blockage): Finding | undefined {
  const { webhook, origin } = by;
  switch (by.kind) {
    case 'unanswered':
      return {
        message: `${workload}: ${REFUSED[by.stops]}; ${webhook} fails closed and calls ${by.because}`,
        severity: 'high',
        origin,
        ...(by.fromAbsence && { fromAbsence: true }),
        remediation: 'Run what answers the webhook, or delete the configuration, or set failurePolicy: Ignore.',
      };
    case 'asks-itself':
      return {
        message: `once no pod of ${workload} is left none starts again: ${webhook} fails closed and is asked about the pods that answer it`,
        severity: 'high',
        origin: below(origin, 'namespaceSelector'),
        counterExample: [
          {
            action: `the last pod of ${workload} goes: a drain, a lost node, an upgrade`,
            state: 'nobody answers the webhook',
          },
          {
            action: `its controller makes a new pod`,
            state: `the API server asks ${by.server}, gets no answer and refuses the pod`,
          },
        ],
        remediation:
          'Exempt the namespace of the webhook by its namespaceSelector (kubernetes.io/metadata.name NotIn), or its pods by the objectSelector.',
      };
    case 'asked-by-system':
      return {
        message: `while no pod of ${workload} answers, no pod of kube-system starts: ${webhook} fails closed and is asked about those of DNS, network and nodes as well`,
        severity: 'medium',
        origin: below(origin, 'namespaceSelector'),
        remediation:
          'Exempt kube-system by the namespaceSelector of the webhook (kubernetes.io/metadata.name NotIn [kube-system]).',
      };
    case 'answers-alone': {
      const [first = '', ...others] = by.waiting;
      const more =
        others.length === 0 ? '' : ` and of ${others.length} more ${others.length === 1 ? 'workload' : 'workloads'}`;
      return {
        message: `${workload} may run a single pod, and while that is away no new pod of ${first}${more} is admitted: ${webhook} fails closed`,
        severity: 'high',
        origin,
        remediation:
          'Run at least two pods of it on different nodes under a budget of maxUnavailable: 1, or set failurePolicy: Ignore.',
      };
    }
    case 'unknown':
      return undefined;
  }
}
