import type { Origin } from '../../../model/origin.ts';
import type { Matcher } from './matcher.ts';
import type { TimeInterval } from './time-intervals.ts';

/** A node of the routing tree, with what it inherits filled in. Times are in seconds. */
export interface Route {
  /** Its place in the tree: `route`, `route.routes[2]`. */
  readonly id: string;
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  readonly continues: boolean;
  readonly routes: readonly Route[];
  /** `...`: every label, so that nothing is grouped. */
  readonly groupBy: readonly string[];
  readonly groupWait: number;
  readonly groupInterval: number;
  readonly repeatInterval: number;
  /** Names of intervals; not inherited. */
  readonly muted: readonly string[];
  readonly active: readonly string[];
  readonly origin?: Origin;
}

export interface Receiver {
  readonly name: string;
  /** Kinds of integration, `pagerduty`, one for each; none makes a receiver that tells nobody. */
  readonly integrations: readonly string[];
  /** Keys of integrations that are left out for an example's value: `routing_key`. */
  readonly unfilled?: readonly string[];
  /** Why it cannot be told whom it notifies: it hands on to another Alertmanager, or stands elsewhere. */
  readonly unseen?: string;
  /** What it leaves to the `global` of a configuration that is not its own. */
  readonly wants?: readonly Wanted[];
  readonly origin?: Origin;
}

/** One of these keys of `global` has to be set; what Alertmanager says where none is. */
export interface Wanted {
  readonly global: readonly string[];
  readonly lack: string;
}

export interface InhibitRule {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
  readonly origin?: Origin;
}

export interface NamedInterval {
  readonly name: string;
  readonly intervals: readonly TimeInterval[];
}

/** What an Alertmanager routes by. */
export interface RoutingConfig {
  readonly root: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly intervals: readonly NamedInterval[];
  /** Keys that are set in `global`; absent where another object says so. */
  readonly shared?: readonly string[];
}

/** Which parser reads `matchers`: `classic` up to 0.26, `fallback` since, `utf8` with the feature flag of that name. */
export type MatcherSyntax = 'classic' | 'fallback' | 'utf8';
