/** Which dependency of which service is broken when, and how the replicas of a service are. */
import { seconds } from '../../model/duration.ts';
import type { Probe } from '../../model/drill/drill.ts';
import type { Parts } from '../../model/drill/parts.ts';
import type { Spec } from '../../model/spec.ts';
import { readinessOf } from '../../proofs/drilling/health.ts';
import type { Subject } from './traffic.ts';

/** A service and a store that it depends on. */
export interface Edge {
  readonly subject: Subject;
  /** Name of the store. */
  readonly store: string;
  /** Without it the service may refuse; without any other it may not. */
  readonly critical: boolean;
}

const STORE = 'store/';
/** Kinds of stores that are a server with connections, which can be led through a proxy. */
const SERVERS: readonly string[] = ['postgres', 'mysql', 'mariadb', 'redis', 'nats'];

/** Dependencies of a service that a drill can break. */
export function edgesOf(subject: Subject, { stores }: Spec): Edge[] {
  const { stores: reached, critical = [] } = subject.input;
  return stores
    .filter(({ name, kind }) => SERVERS.includes(kind) && reached.includes(STORE + name))
    .map(({ name }) => ({ subject, store: name, critical: critical.includes(STORE + name) }));
}

/** In each round every service lacks one dependency, so that whatever is seen of it comes of that one. */
export function roundsOf(subjects: readonly Subject[], spec: Spec): Edge[][] {
  const all = subjects.map((subject) => edgesOf(subject, spec));
  const most = Math.max(0, ...all.map((edges) => edges.length));
  return Array.from({ length: most }, (_, round) => all.flatMap((edges) => edges[round] ?? []));
}

/** `cache (api)` */
export function edgesInWords(edges: readonly Edge[]): string {
  return edges.map(({ subject, store }) => `${store} (${subject.name})`).join(', ');
}

/** Of those that the target runs. */
export function present<T>(parts: Parts, things: readonly T[], serviceOf: (thing: T) => string): T[] {
  return things.filter((thing) => parts.replicas(serviceOf(thing)).length > 0);
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
