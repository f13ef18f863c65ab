import type { Origin } from '../../../model/origin.ts';

/**
 * What counts as good. Expressions are PromQL in which every range is the window of the SLI, whatever it says: the generator puts each
 * window in its place.
 */
export type Sli =
  /** Rates of events: two of the three, `bad` or `good` with `total`. */
  | { readonly kind: 'events'; readonly bad?: string; readonly good?: string; readonly total: string }
  /** An error ratio that somebody else works out, between 0 and 1. */
  | { readonly kind: 'ratio'; readonly error: string }
  /** A native histogram: observations above `threshold` seconds are bad. */
  | { readonly kind: 'native-histogram'; readonly selector: string; readonly threshold: number }
  /** A value that is held against a bound at every evaluation; the error ratio is the share of time that it is beyond. */
  | {
      readonly kind: 'measure';
      readonly value: string;
      readonly badWhen: '>' | '>=' | '<' | '<=';
      readonly bound: number;
    }
  /**
   * The error ratio over slices of so many seconds: with `most`, a slice above it is bad as a whole (OpenSLO `Timeslices`), without, slices are averaged
   * whatever their traffic (`RatioTimeslices`).
   */
  | {
      readonly kind: 'slices';
      readonly of: Sli & { readonly kind: 'events' };
      readonly slice: number;
      readonly most?: number;
    };

/** A service level objective, whoever wrote it. */
export interface Slo {
  readonly name: string;
  readonly service: string;
  readonly description?: string;
  /** Percent, above 0 and below 100. */
  readonly objective: number;
  /** The period that the error budget is for, in seconds. */
  readonly period: number;
  readonly sli: Sli;
  /** Windows and budget shares other than the usual ones. */
  readonly windows?: WindowCatalog;
  /** Fewest bad events within a long window that may page: a guard for services with little traffic. */
  readonly minBadEvents?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly origin?: Origin;
}

export const TIER_NAMES = ['page-quick', 'page-slow', 'ticket-quick', 'ticket-slow'] as const;
export type TierName = (typeof TIER_NAMES)[number];

/** A pair of windows in seconds and the share of the error budget, in percent, that may burn within the longer before it alerts. */
export interface TierWindows {
  readonly budgetPercent: number;
  readonly short: number;
  readonly long: number;
}

export type WindowCatalog = Readonly<Record<TierName, TierWindows>>;

/** One pair of windows with the burn rate at which it alerts. */
export interface Tier {
  readonly name: TierName;
  readonly short: number;
  readonly long: number;
  /** Multiple of the pace that spends the budget in exactly the period. */
  readonly factor: number;
  /** Error ratio above which it alerts: factor x budget. Below 1, or it could never fire. */
  readonly threshold: number;
  /** The factor before it was lowered so that the tier can fire, and why. */
  readonly retiered?: { readonly from: number; readonly because: string };
}

/** A rule as Prometheus reads it. */
export type Rule =
  | { readonly record: string; readonly expr: string; readonly labels?: Readonly<Record<string, string>> }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    };

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** An SLO that no rules can be written for. */
export interface Refusal {
  readonly slo: string;
  readonly because: string;
  /** The SLO itself is wrong, rather than beyond what can be read here. */
  readonly wrong?: boolean;
  readonly origin?: Origin;
}
