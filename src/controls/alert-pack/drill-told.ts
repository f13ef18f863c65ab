/** Whether somebody was told of an alert in time, and where it got stuck if not. */
import type { StepContext } from '../../model/drill/drill.ts';
import type { MonitoringTwin, RoutedAlert } from '../../model/drill/metrics.ts';
import type { Page, Pager } from '../../model/drill/pager.ts';
import { until } from '../../model/drill/until.ts';
import type { Awaited, Needs } from './drill-run.ts';

/** Looks at the pager until every alert was told of, its time is up, or what is left need not be waited for. */
export async function gather(
  { target: { pager }, signal }: StepContext<Needs>,
  twin: MonitoringTwin,
  awaited: readonly Awaited[],
  since: number,
  seconds: (one: Awaited) => number,
  status: Page['status'],
  found: (one: Awaited, page: Page) => void,
  inVain: (left: ReadonlySet<Awaited>) => Promise<boolean> = () => Promise.resolve(false),
): Promise<void> {
  const open = new Set(awaited);
  const longest = Math.max(0, ...awaited.map(seconds));
  await until(
    async () => {
      const pages = (await pager.since(since)).filter(
        (page) => page.labels[twin.mark.name] === twin.mark.value && page.status === status,
      );
      for (const one of open) {
        const page = pages.find((each) => serves(each, one) && isWritten(each, one));
        if (page === undefined) continue;
        found(one, page);
        open.delete(one);
      }
      return open.size === 0 || (await inVain(open)) ? true : undefined;
    },
    { signal, forMs: since + longest * 1000 - pager.now(), everyMs: 250 },
  );
}

/** A severity that pages is not served by a message. */
function serves({ alert, kind }: Page, { alert: { name }, pages }: Awaited): boolean {
  return alert === name && (pages ? kind === 'page' : kind !== 'escalation');
}

/** Somebody else than the manifests name may sleep on: it is not his. */
function isWritten({ receiver }: Page, { written }: Awaited): boolean {
  return written.length === 0 || written.includes(receiver);
}

/** Seconds from the fault within which somebody must be told. */
export function latest({ predicted, joins }: Awaited, allowance: number): number {
  return predicted + joins + allowance;
}

export function observeTold(
  context: StepContext<Needs>,
  { alert, told, predicted }: Awaited,
  began: number,
  atMost: number,
  lack: Lack | undefined,
): void {
  if (told === undefined && lack?.excused === true) {
    // No time was measured: that somebody was paged for the same cause was.
    context.observe({
      name: `${alert.name}: its cause was paged`,
      value: 1,
      unit: 'alerts',
      is: 1,
      detail: lack.because,
    });
    return;
  }
  const lasted = (context.target.pager.now() - began) / 1000;
  context.observe({
    name: `${alert.name}: fault to page`,
    // What did not come in time took longer than this.
    value: told === undefined ? Math.max(atMost * 1.001, lasted) : (told.at - began) / 1000,
    unit: 's',
    atMost,
    predicted,
    detail: told === undefined ? (lack?.because ?? 'nobody was told') : `${told.kind} to ${told.receiver}`,
  });
}

interface Lack {
  readonly because: string;
  /** Somebody was paged for what keeps it quiet. */
  readonly excused: boolean;
}

/** Where an alert got stuck on its way. */
export async function lackOf(
  { target: { pager } }: StepContext<Needs>,
  twin: MonitoringTwin,
  one: Awaited,
  inhibitors: readonly string[],
  routed: readonly RoutedAlert[],
): Promise<Lack | undefined> {
  if (one.told !== undefined) return undefined;
  const { name } = one.alert;
  if (inhibitors.length > 0) {
    const paged = (await ownPages(pager, twin)).find(
      ({ alert, kind }) => inhibitors.includes(alert) && kind === 'page',
    );
    if (paged !== undefined)
      return {
        because: `${paged.alert} keeps it quiet, and paged ${paged.receiver} for the same cause`,
        excused: true,
      };
    return {
      because: `it is inhibited by ${inhibitors.join(', ')}, and nobody was told of that either`,
      excused: false,
    };
  }
  const because = (text: string): Lack => ({ because: text, excused: false });
  const elsewhere = (await ownPages(pager, twin)).find((page) => serves(page, one) && !isWritten(page, one));
  if (elsewhere !== undefined)
    return because(`it was told to ${elsewhere.receiver}, and by the manifests it goes to ${one.written.join(', ')}`);
  const state = (await twin.alerts()).find((alert) => alert.name === name)?.state;
  if (state === undefined) return because('it never fired');
  if (state === 'pending') return because('it is pending still');
  const arrived = routed.filter((alert) => alert.name === name);
  if (arrived.length === 0) return because('it fires, and never reached Alertmanager');
  if (arrived.every(({ silenced }) => silenced)) return because('it fires, and is silenced');
  return because(
    `it fires, and goes to ${one.receivers.join(', ') || 'nobody'}, ${one.pages ? 'which pages nobody' : 'which tells nobody'}`,
  );
}

async function ownPages(pager: Pager, { mark }: MonitoringTwin): Promise<Page[]> {
  return (await pager.since(0)).filter(({ labels }) => labels[mark.name] === mark.value);
}

export function inhibitorsOf({ alert }: Awaited, routed: readonly RoutedAlert[]): string[] {
  const own = routed.filter(({ name }) => name === alert.name);
  return [...new Set(own.flatMap(({ inhibitedBy }) => inhibitedBy))];
}
