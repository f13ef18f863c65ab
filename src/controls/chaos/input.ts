import type { Query, Subject } from '../../model/control.ts';
import { isLongRunning, workloadsOf } from '../../model/subjects.ts';
import { reachedBy } from '../../proofs/flows/index.ts';
import { experimentsOn, type Experiment } from './experiments.ts';

/** What a service depends on, as far as it is said, and the experiments that are declared on it. */
export interface Dependent {
  /** Stores that its flows lead to, also through services of others (a pooler, a workflow engine). */
  readonly stores: readonly string[];
  /** Whether the spec has flows: without them, none leading to a store says nothing. */
  readonly flowsKnown: boolean;
  /** `criticalDependencies`; undefined where the spec does not say. */
  readonly critical?: readonly string[];
  /** Percent of its requests that its SLO of availability promises to answer; undefined where it has none. */
  readonly availability?: number;
  /** How often this control's own drill is scheduled; undefined where it is not. */
  readonly scheduled?: string;
  /** Experiments among the manifests that aim at its pods. */
  readonly experiments: readonly Experiment[];
}

const ID = 'chaos';

export function dependsOn(subject: Subject): Query<Dependent> {
  return (view) => {
    const { name } = subject;
    const reached = reachedBy(view, name);
    const critical = view.service(name)?.spec.criticalDependencies;
    const slo = view.spec.slos.find(({ service, kind }) => service === name && kind === 'availability');
    const scheduled = view.spec.drills.find(({ drill }) => drill === ID)?.every;
    return {
      stores: (reached ?? []).filter((one) => one.startsWith('store/')),
      flowsKnown: reached !== undefined,
      ...(critical !== undefined && { critical }),
      ...(slo !== undefined && { availability: slo.objective }),
      ...(scheduled !== undefined && { scheduled }),
      experiments: workloadsOf(view, subject)
        .filter(isLongRunning)
        .flatMap((workload) => experimentsOn(view, workload)),
    };
  };
}
