import { parseDuration } from '../../model/duration.ts';
import { environmentOf } from '../../model/env.ts';
import { cursor, workloadName } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { longestPause } from '../../model/schedule.ts';
import { reachedBy } from '../../proofs/flows/index.ts';

/** What compares received events with the sender's own listing. */
export interface Reconciler {
  readonly by: string;
  /** The workloads that run it; none: nothing does. */
  readonly workloads: readonly string[];
  /** Seconds between two runs, at the longest; undefined where nobody can tell. */
  readonly everySeconds?: number;
  /** Why not, or what says it: `RECONCILE_INTERVAL is 15m`, `schedule 0 * * * *`. */
  readonly says: string;
  readonly suspended: boolean;
  /** Whether its flows lead to the sender; undefined where that cannot be told. */
  readonly reachesSender?: boolean;
  readonly origin?: Origin;
}

export function reconcilerOf(
  view: PlatformView,
  { by, interval }: { by: string; interval?: string | undefined },
  sender: string | undefined,
): Reconciler {
  const [, name = ''] = by.split('/');
  const workloads = view.service(name)?.workloads ?? [];
  const reached = reachedBy(view, name);
  const found = interval === undefined ? bySchedule(view, name) : byVariable(view, name, interval);
  return {
    by,
    workloads: workloads.map(workloadName),
    suspended: workloads.some(
      (workload) => workload.kind === 'CronJob' && cursor(workload.object).get('spec', 'suspend').boolean() === true,
    ),
    ...found,
    ...(reached !== undefined && sender !== undefined && { reachesSender: reached.includes(sender) }),
  };
}

type Interval = Pick<Reconciler, 'everySeconds' | 'says' | 'origin'>;

function bySchedule(view: PlatformView, service: string): Interval {
  const jobs = view.service(service)?.workloads.filter(({ kind }) => kind === 'CronJob') ?? [];
  const schedule = jobs.map((job) => cursor(job.object).get('spec', 'schedule')).find((at) => at.exists);
  const text = schedule?.string();
  if (schedule === undefined || text === undefined)
    return { says: 'it is no CronJob, and the spec names no variable that holds its interval' };
  const pause = longestPause(text);
  return { says: `schedule ${text}`, origin: schedule.origin, ...(pause !== undefined && { everySeconds: pause }) };
}

function byVariable(view: PlatformView, service: string, name: string): Interval {
  const variables = view.service(service)?.workloads.flatMap((workload) => environmentOf(view, workload)) ?? [];
  const found = variables.find((variable) => variable.name === name);
  if (found === undefined) return { says: `no workload of ${service} has the variable ${name}` };
  const { source, origin } = found;
  const value = source.from === 'literal' || source.from === 'configMap' ? source.value : undefined;
  if (value === undefined) return { says: `the value of ${name} is not known here`, origin };
  // A number without a unit may be seconds or milliseconds; nought is neither.
  const seconds = value === '0' ? 0 : parseDuration(value);
  return { says: `${name} is ${value}`, origin, ...(seconds !== undefined && { everySeconds: seconds }) };
}

/** What looks like one: workloads of such a name, and variables. */
export function candidates(view: PlatformView): string[] {
  const RECONCILES = /reconcil/i;
  const named = view
    .workloads()
    .filter((workload) => RECONCILES.test(workload.name))
    .map(workloadName);
  const configured = view.services().flatMap(({ name, workloads }) =>
    workloads
      .flatMap((workload) => environmentOf(view, workload))
      .filter((variable) => RECONCILES.test(variable.name))
      .map((variable) => `${variable.name} of ${name}`),
  );
  return [...new Set([...named, ...configured])].sort();
}
