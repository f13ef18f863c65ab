/** What both rehearsals have in common: load from outside while certificates change, and looking at doors until they have. */
import type { Capabilities } from '../../model/drill/capabilities.ts';
import { CannotTell, type DrillSubject, type StepContext } from '../../model/drill/drill.ts';
import type { RunningLoad } from '../../model/drill/load.ts';
import type { Caller, Knock, TlsDoor, Trust } from '../../model/drill/trust.ts';
import type { Spec } from '../../model/spec.ts';
import type { Params } from './check.ts';
import type { Lifecycle } from './input.ts';

export type Needs = 'trust' | 'load' | 'edge' | 'people';
export type Subject = DrillSubject<Lifecycle, Params>;
export type Context = StepContext<Needs>;

export interface Parameters {
  readonly perSecond: number;
  readonly lifeSeconds: number;
}

const PAUSE_MS = 25;

/** Load on the platform's first public route that takes tokens; kept from the step that starts it to the one that ends it. */
export function underLoad(spec: Spec, { perSecond }: Parameters, { loadPath }: Params) {
  let running: RunningLoad | undefined;
  return {
    async start({ target }: Context): Promise<void> {
      const service = spec.services.find(({ routes }) => routes.some((route) => route.public && route.auth === 'jwt'));
      if (service === undefined) throw new CannotTell('no service of the spec has a public route for users');
      const token = await target.people.token(target.people.names.customer);
      const path = loadPath === '' ? prefixOf(service.routes) : loadPath;
      const request = { host: target.edge.host(service.name), path, headers: { authorization: `Bearer ${token}` } };
      running = await target.load.start({ requests: [request], perSecond, protocol: 'h2' });
    },
    /** The whole of it, with requests that were answered by an error or not at all. */
    async stop(context: Context, subjects: readonly string[]): Promise<void> {
      if (running === undefined) throw new CannotTell('the load was never started');
      const report = await running.stop();
      context.keep('load', report);
      if (report.saturated) throw new CannotTell('the load generator could not keep to its times');
      const failed =
        Object.values(report.errors).reduce((sum, count) => sum + count, 0) +
        Object.entries(report.statuses).reduce((sum, [status, count]) => sum + (Number(status) >= 500 ? count : 0), 0);
      for (const subject of subjects) {
        const detail = failed === 0 ? {} : { detail: JSON.stringify({ ...report.statuses, ...report.errors }) };
        context.observe({ name: 'requests answered', value: report.answered, unit: 'requests', atLeast: 1, subject });
        context.observe({ name: 'requests failed', value: failed, unit: 'requests', is: 0, subject, ...detail });
      }
    },
  };
}

function prefixOf(routes: Spec['services'][number]['routes']): string {
  const route = routes.find((one) => one.public && one.auth === 'jwt');
  return route?.path.replace(/\*.*$/, '') ?? '/';
}

/**
 * Knocks until `holds` has been true so many times in a row, and answers the milliseconds until the first of these; undefined when that did not
 * come in time. One answer proves nothing: servers with several processes, and several replicas, change one after the other.
 */
export async function untilSteady(
  { target: { trust }, signal, now }: Context,
  door: TlsDoor,
  caller: Caller,
  { holds, inARow, withinMs }: { holds: (knock: Knock) => boolean; inARow: number; withinMs: number },
): Promise<number | undefined> {
  const began = now();
  let since: number | undefined;
  for (let row = 0; now() - began < withinMs || row > 0;) {
    signal.throwIfAborted();
    const at = now() - began;
    const knock = await trust.knock(door, caller);
    if (holds(knock)) {
      since ??= at;
      row += 1;
      if (row >= inARow) return since <= withinMs ? since : undefined;
      continue;
    }
    [row, since] = [0, undefined];
    await pause(PAUSE_MS);
  }
  return undefined;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Doors of the workloads that the certificate is issued to. */
export function doorsOf({ id, input }: Subject, { certificates }: Trust): TlsDoor[] {
  const doors = certificates.served.filter(({ workload }) => input.holders.includes(workload)).map(({ door }) => door);
  if (doors.length === 0) throw new CannotTell(`the target serves no certificate of ${id}`);
  return doors;
}

/** Seconds; what did not come in time counts as the whole of it and more. */
export function secondsOf(ms: number | undefined, withinMs: number): number {
  return ms === undefined ? withinMs / 1000 + 1 : Math.round(ms) / 1000;
}

export type Target = Pick<Capabilities, Needs>;
