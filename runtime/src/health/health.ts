/** Three questions with three answers: is the process alive, may it get requests, how is everything. */
import type { Log } from '../shared/log.ts';
import { SILENT } from '../shared/log.ts';
import { Damper, type DamperVerdict, type PeerSource } from './damper.ts';
import { timingOf, type Dependency, type DependencyState } from './dependency.ts';
import { Monitor, reasonOf, type CheckResult } from './monitor.ts';

export interface HealthOptions {
  readonly dependencies: readonly Dependency[];
  /** Whether the process is leaving; not ready then. */
  readonly draining?: () => boolean;
  /** A reason why only a restart can help (a deadlock, say); never a dependency. One that throws is such a reason. */
  readonly live?: () => string | undefined;
  /** Shown by `/statusz`: version, revision. */
  readonly info?: Readonly<Record<string, string>>;
  readonly peers?: PeerSource;
  readonly log?: Log;
  /** Always ready and never degraded, whatever the dependencies do: so that a drill can show what readiness is good for. */
  readonly off?: boolean;
}

export interface Readiness {
  readonly ready: boolean;
  /** Ready, but something is missing. */
  readonly degraded: boolean;
  /** Each reason for either. */
  readonly because: readonly string[];
}

export interface DependencyStatus {
  readonly class: Dependency['class'];
  readonly state: DependencyState;
  /** The newest check failed. */
  readonly failing: boolean;
  readonly last?: CheckResult;
  /** Of one that asks its peers, while it is down. */
  readonly damper?: DamperVerdict;
}

export interface StatusReport extends Readiness {
  readonly draining: boolean;
  readonly uptimeSeconds: number;
  readonly info: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, DependencyStatus>>;
}

export interface Health {
  /** Checks everything once, within the timeouts, then goes on in the background. */
  start(): Promise<void>;
  stop(): void;
  /** By the cached answers; only what has become stale is looked at again first. */
  ready(): Promise<Readiness>;
  /** Why only a restart can help, or undefined. */
  dead(): string | undefined;
  /** Whether a dependency is up, by the cached answer. @throws RangeError for one that nobody declared. */
  isUp(name: string): boolean;
  status(): StatusReport;
}

/** @throws RangeError for declarations that contradict themselves. */
export function createHealth(options: HealthOptions): Health {
  const { dependencies, draining = () => false, live, info = {}, peers, log = SILENT, off = false } = options;
  const dampers = new Map<string, Damper>();
  const states = new Map<string, DependencyState>();
  const monitors = new Map(dependencies.map((one) => [one.name, new Monitor(one, checked)]));
  if (monitors.size < dependencies.length) throw new RangeError('two dependencies have the same name');
  for (const one of dependencies) {
    if (one.whenDown !== 'ask-peers') continue;
    if (peers === undefined) throw new RangeError(`dependency ${one.name} asks its peers, and none are given (peers)`);
    dampers.set(one.name, new Damper(peers, timingOf(one).failures));
  }

  /** The peers are asked in the background, too: readiness itself waits for nobody. */
  function checked(monitor: Monitor): void {
    const { name } = monitor.dependency;
    const damper = dampers.get(name);
    if (monitor.state === 'up') damper?.reset();
    if (monitor.state === 'down' && monitor.failing) void damper?.ask(name);
    const before = states.get(name);
    if (before !== monitor.state)
      log.warn(
        { dependency: name, from: before, to: monitor.state, ...monitor.last },
        `dependency ${name} is ${monitor.state}`,
      );
    states.set(name, monitor.state);
  }

  function judged(): Readiness {
    if (off) return { ready: true, degraded: false, because: [] };
    const isDraining = draining();
    const faults = [...monitors.values()].map((monitor) => faultOf(monitor, dampers.get(monitor.dependency.name)));
    const because = [isDraining ? 'draining' : undefined, ...faults.map((fault) => fault?.because)].filter(
      (one) => one !== undefined,
    );
    const ready = !isDraining && !faults.some((fault) => fault?.ready === false);
    return { ready, degraded: because.length > 0, because };
  }

  return {
    start: async () => void (await Promise.all([...monitors.values()].map((monitor) => monitor.start()))),
    stop() {
      for (const monitor of monitors.values()) monitor.stop();
    },
    async ready() {
      const stale = [...monitors.values()].filter(
        ({ isStale, dependency }) => isStale && dependency.class === 'critical',
      );
      if (stale.length > 0) await Promise.all(stale.map((monitor) => monitor.refresh()));
      return judged();
    },
    dead() {
      try {
        return live?.();
      } catch (error) {
        log.error({ err: error }, 'whether the process lives could not be told');
        return `whether it lives could not be told: ${reasonOf(error)}`;
      }
    },
    isUp(name) {
      const monitor = monitors.get(name);
      if (monitor === undefined)
        throw new RangeError(`dependency ${name} is not declared; declared: ${[...monitors.keys()].join(', ')}`);
      return monitor.state === 'up';
    },
    status: () => ({
      ...judged(),
      draining: draining(),
      uptimeSeconds: Math.round(process.uptime()),
      info,
      dependencies: Object.fromEntries(
        [...monitors].map(([name, monitor]) => [name, statusOf(monitor, dampers.get(name))]),
      ),
    }),
  };
}

function statusOf(monitor: Monitor, damper: Damper | undefined): DependencyStatus {
  const { dependency, state, failing, last } = monitor;
  const verdict = damper?.verdict;
  return {
    class: dependency.class,
    state,
    failing,
    ...(last !== undefined && { last }),
    ...(verdict !== undefined && { damper: verdict }),
  };
}

/** What a dependency takes away, or undefined. Only a critical one ever takes readiness. */
function faultOf(
  { dependency, state }: Monitor,
  damper: Damper | undefined,
): { ready: boolean; because: string } | undefined {
  const { name } = dependency;
  if (state === 'up' || dependency.class === 'informational') return undefined;
  if (dependency.class === 'degrading') return { ready: true, because: `${name} is ${state}` };
  // Neither policy nor peers make up for never having seen it work, or for not having looked.
  if (state !== 'down') return { ready: false, because: `${name} is ${state}` };
  if (dependency.whenDown === 'unready') return { ready: false, because: `${name} is down` };
  if (dependency.whenDown === 'serve') return { ready: true, because: `${name} is down; serving on by policy` };
  // To leave and come back before the others have answered would be the flap itself.
  const { serve, because } = damper?.verdict ?? { serve: true, because: 'asking the other replicas' };
  return { ready: serve, because: `${name} is down; ${because}` };
}
