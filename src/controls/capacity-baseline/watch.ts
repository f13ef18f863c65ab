/** What is used up while load comes: processors, pools, and the machine that everything shares. */
import type { LoadReport } from '../../model/drill/load.ts';
import type { MachineUse, Parts } from '../../model/drill/parts.ts';
import { pause } from '../../model/drill/until.ts';

export interface Watched {
  /** Processors' time by layer: of its busiest part, where 1 is a whole processor. */
  readonly processors: ReadonlyMap<string, number>;
  /** Share of the machine's processors that was busy; undefined where the parts do not share one. */
  readonly machine: number | undefined;
  /** Share of the machine's processors that others used, neither the platform nor the drill; undefined where `machine` is. */
  readonly others: number | undefined;
  /** Share of the looks at which a pool had no connection left and requests waited, by layer and pool. */
  readonly pools: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** What gave way first. */
export type Full =
  /** The drill's own side: nothing is known of the target. */
  | { readonly kind: 'generator' | 'machine'; readonly what: string }
  | { readonly kind: 'layer'; readonly layer: string; readonly what: string }
  | { readonly kind: 'unknown'; readonly what: string };

const LOOK_MS = 250;
/** A process with one thread that works has used it up at this; the rest is the kernel's and the collector's. */
const WHOLE = 0.9;
const MACHINE = 0.95;
/** What others may take before it is they who may have cost the target its answers. */
const MUCH = 0.1;
/** Waiting at now and then is what a pool is for. */
const OFTEN = 0.5;

/** Watches the parts of these layers until told to stop. */
export async function watch(
  parts: Parts,
  layers: ReadonlyMap<string, readonly string[]>,
  signal: AbortSignal,
): Promise<{ stop(): Promise<Watched> }> {
  const over = new AbortController();
  const began = performance.now();
  const [before, machine] = await Promise.all([timesOf(parts, layers), parts.machine()]);
  const looks = lookAtPools(parts, layers, AbortSignal.any([signal, over.signal]));
  return {
    async stop() {
      over.abort();
      const passed = (performance.now() - began) / 1000;
      const [after, machineAfter, pools] = await Promise.all([timesOf(parts, layers), parts.machine(), looks]);
      // A part that does not run now, or did not then, has used up nothing meanwhile.
      const used = (part: string) => Math.max(0, (after.get(part) ?? 0) - (before.get(part) ?? Infinity));
      const busiest = (names: readonly string[]) => Math.max(...names.map(used)) / passed;
      return {
        processors: new Map([...layers].map(([layer, names]) => [layer, busiest(names)])),
        ...sharesOf(machine, machineAfter, passed),
        pools,
      };
    },
  };
}

function sharesOf(
  before: MachineUse | undefined,
  after: MachineUse | undefined,
  passed: number,
): Pick<Watched, 'machine' | 'others'> {
  if (before === undefined || after === undefined) return { machine: undefined, others: undefined };
  const all = passed * before.processors;
  return {
    machine: (after.busySeconds - before.busySeconds) / all,
    others: Math.max(0, after.othersSeconds - before.othersSeconds) / all,
  };
}

async function timesOf(parts: Parts, layers: Parameters<typeof watch>[1]): Promise<ReadonlyMap<string, number>> {
  const names = [...layers.values()].flat();
  const times = await Promise.all(
    names.map(async (part) => [part, await parts.processorSeconds(part).catch(() => undefined)] as const),
  );
  return new Map(times.flatMap(([part, seconds]) => (seconds === undefined ? [] : [[part, seconds] as const])));
}

async function lookAtPools(
  parts: Parts,
  layers: Parameters<typeof watch>[1],
  signal: AbortSignal,
): Promise<Watched['pools']> {
  const exhausted = new Map<string, Map<string, number>>();
  const services = [...layers].filter(([layer]) => layer.startsWith('service/'));
  let looks = 0;
  while (!signal.aborted) {
    looks += 1;
    for (const [layer, names] of services) {
      const own = exhausted.get(layer) ?? new Map<string, number>();
      exhausted.set(layer, own);
      const pages = await Promise.all(names.map((part) => pageOf(parts, part)));
      const waiting = new Set(pages.flatMap(exhaustedPools));
      for (const pool of waiting) own.set(pool, (own.get(pool) ?? 0) + 1);
    }
    await pause(LOOK_MS, signal).catch(() => undefined);
  }
  return new Map(
    [...exhausted].map(([layer, own]) => [layer, new Map([...own].map(([pool, count]) => [pool, count / looks]))]),
  );
}

/** One that gives no answer now is asked again at the next look. */
async function pageOf(parts: Parts, part: string): Promise<string> {
  return parts.health(part, '/metrics').then(
    ({ text }) => text,
    () => '',
  );
}

/** Pools of a page of metrics for which requests wait, with every connection in use. */
export function exhaustedPools(page: string): string[] {
  const values = (name: string, more = '') =>
    new Map(
      [...page.matchAll(new RegExp(`^${name}\\{pool="([^"]+)"${more}\\} ([0-9.e+]+)$`, 'gm'))].map(
        ([, pool = '', value]) => [pool, Number(value)],
      ),
    );
  const [waiting, used, most] = [
    values('pool_waiting_requests'),
    values('pool_connections', ',state="used"'),
    values('pool_connections_max'),
  ];
  return [...waiting].flatMap(([pool, count]) =>
    count > 0 && (used.get(pool) ?? 0) >= (most.get(pool) ?? Number.POSITIVE_INFINITY) ? [pool] : [],
  );
}

/** Why the target may have had less of the machine than it asked for; undefined where it had all of it, or has one of its own. */
export function lackOfMachine({ machine, others }: Pick<Watched, 'machine' | 'others'>): string | undefined {
  if (machine !== undefined && machine >= MACHINE)
    return `the machine, whose processors were busy for ${percent(machine)}`;
  if (others !== undefined && others >= MUCH)
    return `the machine, of whose processors other programs used ${percent(others)}`;
  return undefined;
}

/** What was used up while a load was not carried. What the drill shares with the target comes first: then nobody knows. */
export function whatIsFull(watched: Watched, report: LoadReport): Full {
  const { processors, pools } = watched;
  if (report.saturated)
    return { kind: 'generator', what: `the load generator, which was late by up to ${report.latestMs.toFixed(0)} ms` };
  const [busy] = [...processors].toSorted(([, a], [, b]) => b - a);
  if (busy !== undefined && busy[1] >= WHOLE)
    return { kind: 'layer', layer: busy[0], what: `the processor of ${busy[0]} (${percent(busy[1])} of one)` };
  const machine = lackOfMachine(watched);
  if (machine !== undefined) return { kind: 'machine', what: machine };
  for (const [layer, own] of pools)
    for (const [pool, share] of own)
      if (share >= OFTEN)
        return { kind: 'layer', layer, what: `the pool "${pool}" of ${layer} (at ${percent(share)} of the looks)` };
  const limited = report.statuses['429'] ?? 0;
  if (limited > 0)
    return { kind: 'unknown', what: `a rate limit, which refused ${limited} of ${report.sent} requests` };
  const used = [...processors].map(([layer, share]) => `${layer} ${percent(share)}`).join(', ');
  return { kind: 'unknown', what: `nothing that is measured (processors: ${used || 'unknown'})` };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
