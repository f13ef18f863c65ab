import type { Query, Subject } from '../../model/control.ts';
import { alertWaits, type AlertWait } from './waits.ts';
import { isLongRunning, longRunningServices, theEnvironment, workloadsOf } from '../../model/subjects.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  monitorStates,
  refusedConfigs,
  scrapeOf,
  sourcesOf,
  usesOf,
  type ExpressionUse,
  type RefusedConfig,
  type WorkloadScrape,
} from '../../proofs/alerting/metrics/index.ts';
import { keepers, type Keeper } from './keepers.ts';
import { outOfReach, type OutOfReach } from './recency.ts';
import { refusedRules, type RefusedRule } from './refused.ts';
import { unloadedRules, type UnloadedRules } from './rules.ts';
import { probedRoutes, type ProbedRoute } from './synthetic.ts';

export interface ServiceFacts {
  readonly about: 'service';
  readonly provisional: boolean;
  readonly workloads: readonly WorkloadScrape[];
  /** Why something unseen may scrape it. */
  readonly hidden: readonly string[];
}

export interface EnvironmentFacts {
  readonly about: 'environment';
  readonly provisional: boolean;
  readonly targets: number;
  readonly expressions: number;
  readonly hidden: readonly string[];
  /** Expressions of rules, analyses and triggers that something is to be said of. */
  readonly uses: readonly ExpressionUse[];
  readonly waits: readonly AlertWait[];
  /** Absent where every alert can see what it reads. */
  readonly outOfReach?: readonly OutOfReach[];
  readonly keepers: readonly Keeper[];
  readonly unloaded: readonly UnloadedRules[];
  /** Absent where Prometheus starts with each configuration. */
  readonly notStarting?: readonly RefusedConfig[];
  /** Absent where every rule has the form of one. */
  readonly refused?: readonly RefusedRule[];
  readonly routes: readonly ProbedRoute[];
}

/** Services, where anything is known of scraping; and the environment. */
export function scraped(view: PlatformView): Subject[] {
  const nothing = view.provisional && monitorStates(view).length === 0 && sourcesOf(view).targets.length === 0;
  return nothing ? theEnvironment(view) : [...longRunningServices(view), ...theEnvironment(view)];
}

export function facts(subject: Subject): Query<ServiceFacts | EnvironmentFacts> {
  return (view) => (subject.kind === 'service' ? serviceFacts(view, subject) : environmentFacts(view));
}

function serviceFacts(view: PlatformView, subject: Subject): ServiceFacts {
  return {
    about: 'service',
    provisional: view.provisional,
    workloads: workloadsOf(view, subject)
      .filter(isLongRunning)
      .map((workload) => scrapeOf(view, workload)),
    hidden: sourcesOf(view).hidden,
  };
}

function environmentFacts(view: PlatformView): EnvironmentFacts {
  const { targets, hidden } = sourcesOf(view);
  const uses = usesOf(view).filter(({ use }) => use !== 'panel');
  const waits = alertWaits(view);
  const kept = keepers(view);
  const unseen = outOfReach(view, kept, waits);
  const refused = refusedRules(view);
  const notStarting = refusedConfigs(view);
  return {
    about: 'environment',
    provisional: view.provisional,
    targets: targets.length,
    expressions: uses.length,
    hidden,
    uses: uses.filter(
      ({ error, never, misused, open }) =>
        error !== undefined || never !== undefined || misused.length > 0 || open.length > 0,
    ),
    waits,
    ...(unseen.length > 0 && { outOfReach: unseen }),
    keepers: kept,
    unloaded: unloadedRules(view),
    ...(notStarting.length > 0 && { notStarting }),
    ...(refused.length > 0 && { refused }),
    routes: probedRoutes(view),
  };
}
