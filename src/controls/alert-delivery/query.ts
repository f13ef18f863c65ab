import { seconds } from '../../model/duration.ts';
import type { PlatformView } from '../../model/platform.ts';
import { deliveredAlerts, type DeliveredAlert } from '../../proofs/alerting/delivery.ts';
import { bare, parse } from '../../proofs/alerting/promql/index.ts';

/** What decides who is told of a process that does not answer, and when. */
export interface Delivery {
  /** Alerts that fire when a process does not answer, in the order of the rules. */
  readonly alerts: readonly DeliveredAlert[];
  readonly severities: readonly { readonly name: string; readonly page: boolean; readonly respondWithin: number }[];
  /** Services by name with whether customers reach them. */
  readonly services: readonly { readonly name: string; readonly isPublic: boolean }[];
}

export function delivery(view: PlatformView): Delivery {
  const { severities, services } = view.spec;
  return {
    alerts: deliveredAlerts(view).filter(({ expr }) => tellsOfSilence(expr)),
    severities: severities.map(({ name, page, respondWithin }) => ({
      name,
      page,
      respondWithin: seconds(respondWithin),
    })),
    services: services
      .filter(({ kind }) => kind !== 'system' && kind !== 'job')
      .map(({ name, routes }) => ({ name, isPublic: routes.length > 0 })),
  };
}

/** Whether the label says a severity that wakes somebody. */
export function isPaging(labels: Readonly<Record<string, string>>, { severities }: Delivery, label: string): boolean {
  const name = labels[label]?.toLowerCase();
  return severities.some((severity) => severity.page && severity.name.toLowerCase() === name);
}

/** `up == 0`, `probe_success{…} < 1`: what a process that is gone makes true, whatever it does otherwise. */
export function tellsOfSilence(expr: string): boolean {
  const parsed = parse(expr);
  if (!parsed.ok) return false;
  const inner = bare(parsed.expr);
  if (inner.kind !== 'binary' || !['==', '<', '!='].includes(inner.op)) return false;
  const [left, right] = [bare(inner.lhs), bare(inner.rhs)];
  return (
    left.kind === 'selector' &&
    left.range === undefined &&
    (left.name === 'up' || left.name === 'probe_success') &&
    right.kind === 'number' &&
    right.value === (inner.op === '==' ? 0 : 1)
  );
}
