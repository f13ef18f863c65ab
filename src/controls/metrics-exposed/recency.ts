/** Alerts that read what is not there at the time: older than Prometheus keeps, or recorded too seldom for how long they wait. */
import { formatDuration } from '../../model/duration.ts';
import { containers, cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Finding } from '../../model/result.ts';
import { platformExpressions } from '../../proofs/alerting/expressions.ts';
import { prometheuses } from '../../proofs/alerting/metrics/index.ts';
import type { Expr } from '../../proofs/alerting/promql/ast.ts';
import { promDuration } from '../../proofs/alerting/promql/time-span.ts';
import { children, walk } from '../../proofs/alerting/promql/walk.ts';
import { placedRules } from '../../proofs/alerting/rules.ts';
import type { Keeper } from './keepers.ts';
import type { AlertWait } from './waits.ts';

/** An alert that cannot fire because of when its samples are. */
export interface OutOfReach {
  readonly name: string;
  readonly holder: string;
  readonly because: string;
  readonly remediation: string;
  readonly origin: Origin;
}

type Alert = Pick<OutOfReach, 'name' | 'holder' | 'origin'> & { readonly expr: Expr };

/** An instant is answered with a sample of the last five minutes, unless the server is told otherwise (`--query.lookback-delta`). */
const LOOKBACK = 300;
/** A block goes when all of it is too old, and spans a tenth of the retention at most (`tsdb.Options`, `MaxBlockDuration`). */
const WITH_LAST_BLOCK = 1.1;

export function outOfReach(view: PlatformView, keepers: readonly Keeper[], waits: readonly AlertWait[]): OutOfReach[] {
  const alerts = platformExpressions(view).flatMap(({ use, name, holder, parsed, origin }): Alert[] =>
    use === 'alert' && parsed.ok && !answersForNothing(parsed.expr)
      ? [{ name, holder, origin, expr: parsed.expr }]
      : [],
  );
  return [...forgotten(alerts, memoryOf(view, keepers)), ...betweenRecords(view, alerts, waits)];
}

export function outOfReachFinding({ name, holder, because, remediation, origin }: OutOfReach): Finding {
  return { message: `alert ${name} of ${holder} can never fire: ${because}`, severity: 'high', origin, remediation };
}

/** Has a result where an operand has none. */
function answersForNothing(expr: Expr): boolean {
  let found = false;
  walk(expr, (each) => {
    if (each.kind === 'binary') found ||= each.op === 'or' || each.op === 'unless';
    if (each.kind === 'call') found ||= each.fn.startsWith('absent') || each.fn === 'scalar';
  });
  return found;
}

interface Memory {
  readonly seconds: number;
  /** `StatefulSet monitoring/prometheus keeps 15d`. */
  readonly text: string;
}

/** Of the one that keeps longest; undefined where something else may evaluate the rules, or remember for it. */
function memoryOf(view: PlatformView, keepers: readonly Keeper[]): Memory | undefined {
  const all = keepers.filter(({ kind }) => kind === 'Prometheus');
  const kept = all.flatMap(({ name, retention, writesOn }): Memory[] => {
    const seconds = promDuration(retention);
    return seconds === undefined || writesOn ? [] : [{ seconds, text: `${name} keeps ${retention}` }];
  });
  const readsOn = prometheuses(view).some((object) => cursor(object).get('spec', 'remoteRead').exists);
  if (readsOn || kept.length < all.length || view.objects('ThanosRuler').length > 0) return undefined;
  return kept.toSorted((a, b) => b.seconds - a.seconds)[0];
}

function forgotten(alerts: readonly Alert[], memory: Memory | undefined): OutOfReach[] {
  if (memory === undefined) return [];
  return alerts.flatMap(({ expr, ...alert }) => {
    const oldest = oldestOffset(expr);
    if (oldest <= memory.seconds * WITH_LAST_BLOCK) return [];
    return [
      {
        ...alert,
        because: `it reads what was ${formatDuration(oldest)} ago, and ${memory.text}`,
        remediation: 'Compare with what is kept, keep more, or record what is compared in a store of longer memory.',
      },
    ];
  });
}

/** The largest offset of what an expression reads in seconds, those of subqueries around it added. */
function oldestOffset(expr: Expr, around = 0): number {
  const own = expr.kind === 'selector' || expr.kind === 'subquery' ? (expr.offset?.seconds ?? 0) : 0;
  if (expr.kind === 'selector') return around + own;
  return Math.max(0, ...children(expr).map((child) => oldestOffset(child, around + own)));
}

/** A record that is made more seldom than an instant looks back is gone in between, and the alert waits from the start again. */
function betweenRecords(view: PlatformView, alerts: readonly Alert[], waits: readonly AlertWait[]): OutOfReach[] {
  if (looksBackOtherwise(view)) return [];
  const intervals = recordIntervals(view);
  return alerts.flatMap(({ expr, ...alert }) => {
    const waiting = waits.find(({ name, holder }) => name === alert.name && holder === alert.holder);
    if (waiting === undefined || waiting.seconds < LOOKBACK) return [];
    const record = instants(expr).find((name) => (intervals.get(name) ?? 0) > LOOKBACK);
    if (record === undefined) return [];
    const every = formatDuration(intervals.get(record) ?? 0);
    return [
      {
        ...alert,
        because: `${record} is recorded every ${every} and seen for ${formatDuration(LOOKBACK)} each time, so that no condition on it holds for ${waiting.wait} without a break`,
        remediation:
          'Let the group that records it be evaluated at least every few minutes, or read it by last_over_time.',
      },
    ];
  });
}

/** Seconds between two values of each recorded name; the shortest where several rules record it, none where one does not say. */
function recordIntervals(view: PlatformView): ReadonlyMap<string, number> {
  const records = placedRules(view).filter(({ kind }) => kind === 'record');
  const found = new Map<string, number>();
  for (const { name, group } of records) {
    const seconds = promDuration(group.get('interval').string() ?? '') ?? 0;
    found.set(name, Math.min(seconds, found.get(name) ?? Infinity));
  }
  return found;
}

/** The names that are read at an instant. What stands in a subquery is read at many. */
function instants(expr: Expr): string[] {
  if (expr.kind === 'subquery') return [];
  if (expr.kind === 'selector') return expr.range === undefined && expr.name !== undefined ? [expr.name] : [];
  return children(expr).flatMap(instants);
}

function looksBackOtherwise(view: PlatformView): boolean {
  return (
    prometheuses(view).some((object) => cursor(object).get('spec', 'query', 'lookbackDelta').exists) ||
    view
      .workloads()
      .some((workload) =>
        containers(workload).some(({ at }) =>
          [...at.get('command').items(), ...at.get('args').items()].some(({ value }) =>
            String(value).startsWith('--query.lookback-delta'),
          ),
        ),
      )
  );
}
