/** Which dependencies of which service are broken when, and how the replicas of a service are. */
import { seconds } from '../../model/duration.ts';
import { CannotTell, type Probe } from '../../model/drill/drill.ts';
import type { Parts } from '../../model/drill/parts.ts';
import type { Spec } from '../../model/spec.ts';
import { readinessOf } from '../../proofs/drilling/health.ts';
import type { Subject } from './traffic.ts';

/** A service, and stores that it is made to do without at once. */
export interface Lack {
  readonly subject: Subject;
  /** Names of the stores. */
  readonly stores: readonly string[];
  /** Without them the service may refuse; without any others it may not. */
  readonly critical: boolean;
}

const STORE = 'store/';
/** Kinds of stores that are a server with connections, which can be led through a proxy. */
const SERVERS: readonly string[] = ['postgres', 'mysql', 'mariadb', 'redis', 'nats'];

/** Stores that a service depends on and that a drill can break, one by one. */
export function lacksOf(subject: Subject, { stores }: Spec): Lack[] {
  const { stores: reached, critical = [] } = subject.input;
  return stores
    .filter(({ name, kind }) => SERVERS.includes(kind) && reached.includes(STORE + name))
    .map(({ name }) => ({ subject, stores: [name], critical: critical.includes(STORE + name) }));
}

/** All of a service's stores that are critical, or all that are not, at once. */
export function allOf(subjects: readonly Subject[], spec: Spec, critical: boolean): Lack[] {
  return subjects.flatMap((subject) => {
    const stores = lacksOf(subject, spec).flatMap((lack) => (lack.critical === critical ? lack.stores : []));
    return stores.length === 0 ? [] : [{ subject, stores, critical }];
  });
}

/** In each round every service lacks one store that is critical to it, so that whatever is seen of it comes of that one. */
export function roundsOf(subjects: readonly Subject[], spec: Spec): Lack[][] {
  const all = subjects.map((subject) => lacksOf(subject, spec).filter(({ critical }) => critical));
  const most = Math.max(0, ...all.map((lacks) => lacks.length));
  return Array.from({ length: most }, (_, round) => all.flatMap((lacks) => lacks[round] ?? []));
}

/** `cache and nats (api), usage-legacy (billing-worker)` */
export function inWords(lacks: readonly Lack[]): string {
  return lacks.map(({ subject, stores }) => `${stores.join(' and ')} (${subject.name})`).join(', ');
}

/** Whether the target runs the store. */
export function hasStore(parts: Parts, store: string): boolean {
  try {
    return parts.serversOf(store).length > 0;
  } catch (error) {
    if (error instanceof CannotTell) return false;
    throw error;
  }
}

/** What replicas of a service lack, by their own words; empty when all are well. */
export async function unwell(parts: Parts, { name }: Subject): Promise<string[]> {
  const replicas = parts.replicas(name);
  const states = await Promise.all(replicas.map((part) => readinessOf(parts, part)));
  return states.flatMap(({ ready, degraded, because }, index) =>
    ready && !degraded ? [] : [`${replicas[index]}: ${because.join(', ') || 'it is not ready'}`],
  );
}

/** Milliseconds of the longest of a param. */
export function longestMs(subjects: readonly Subject[], of: (params: Subject['params']) => string): number {
  return Math.max(...subjects.map(({ params }) => seconds(of(params)))) * 1000;
}

/** The steady state: every replica of these services that the target runs is well. */
export function replicasAreWell(subjects: readonly Subject[]): Probe<'parts'> {
  return {
    name: 'replicas that have all they need',
    unit: 'share',
    timeoutMs: 30_000,
    settleMs: 60_000,
    tolerance: { atLeast: 1 },
    async measure({ target: { parts } }) {
      const replicas = subjects.flatMap(({ name }) => parts.replicas(name));
      const states = await Promise.all(replicas.map((part) => readinessOf(parts, part)));
      return states.filter(({ ready, degraded }) => ready && !degraded).length / states.length;
    },
  };
}
