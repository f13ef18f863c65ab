/** Whether pages are resolved once their causes are gone. */
import type { StepContext } from '../../model/drill/drill.ts';
import type { MonitoringTwin } from '../../model/drill/metrics.ts';
import type { Page } from '../../model/drill/pager.ts';
import { quietAfter, type Waves } from '../../proofs/alerting/scenario/waves.ts';
import type { bookOf } from '../../proofs/alerting/slo/judge/index.ts';
import { STEP, type Awaited, type Needs, type Situation } from './drill-run.ts';
import { gather } from './drill-told.ts';

interface Ended {
  readonly twin: MonitoringTwin;
  readonly awaited: readonly Awaited[];
  readonly ended: number;
  /** Seconds that the fault lasted. */
  readonly lasted: number;
  readonly healthy: Waves['healthy'];
  readonly faulty: Waves['healthy'];
  readonly book: ReturnType<typeof bookOf>;
}

/** Receivers that only leave messages need not say when something is over. */
export async function resolves(
  context: StepContext<Needs>,
  end: Ended,
  { patience, params }: Situation,
): Promise<void> {
  const { twin, ended } = end;
  const paged = end.awaited.filter(({ told }) => told?.kind === 'page');
  const predicted = new Map(
    paged.map((one) => {
      const quiet = quietAfter(one.alert.expr, end, end.book, { within: patience, step: STEP });
      return [one, quiet === undefined ? undefined : quiet + one.lag + one.groupInterval];
    }),
  );
  const waited = paged.filter((one) => predicted.get(one) !== undefined);
  const left = paged.filter((one) => predicted.get(one) === undefined).map(({ alert }) => alert.name);
  const resolved = new Map<Awaited, Page>();
  const bound = (one: Awaited): number => (predicted.get(one) ?? 0) + params.allowance;
  await gather(context, twin, waited, ended, bound, 'resolved', (one, page) => resolved.set(one, page));
  for (const one of waited) {
    const page = resolved.get(one);
    context.observe({
      name: `${one.alert.name}: end to resolve`,
      value:
        page === undefined
          ? Math.max(bound(one) * 1.001, (context.target.pager.now() - ended) / 1000)
          : (page.at - ended) / 1000,
      unit: 's',
      atMost: bound(one),
      predicted: predicted.get(one)!,
      detail:
        page === undefined ? 'its cause is gone, and the page was never resolved' : `resolved at ${page.receiver}`,
    });
  }
  if (left.length > 0)
    context.observe({
      name: 'pages whose resolve was not waited for',
      value: left.length,
      unit: 'alerts',
      detail: `their windows hold the fault for more than ${patience} s: ${left.join(', ')}`,
    });
}
