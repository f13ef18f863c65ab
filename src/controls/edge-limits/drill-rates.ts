/** Rates: one client asks faster than a route allows. It is let through up to the rate, refused above it, and let in again. */
import { CannotTell, type Step } from '../../model/drill/drill.ts';
import type { Edge } from '../../model/drill/edge.ts';
import { pause } from '../../model/drill/until.ts';
import {
  concretePath,
  headsOf,
  hostOf,
  isEdgesOwn,
  ownRefusal,
  requestBytes,
  type RawHead,
} from '../../proofs/edge/drill.ts';
import type { Limited } from './drill.ts';
import type { DeclaredLimits } from './query.ts';

const TOO_MANY = 429;
const TIMEOUT_MS = 60_000;
/** Longest that the answers to all of them may take. */
const FLOOD_MS = 20_000;
/** A client that was refused and holds still is let in again within this. */
const RECOVERY_MS = 10_000;
/** Many seconds' worth of the rate: bursts of a few are usual. As many as fit the answers that are read. */
const SECONDS = 16;
const FEWEST = 100;
const MOST = 800;
const CONNECTIONS = 8;
/** Between two floods of one client: bursts of some seconds are free again by then. */
const QUIET_MS = RECOVERY_MS;

/**
 * One step for each route with a rate; each floods from an address of its own, where the target can tell addresses apart. Where it cannot, a flood
 * that follows another may meet what the edge still holds against the client.
 */
export function ratesSteps(subjects: readonly Limited[]): Step<'edge'>[] {
  const floods = subjects.flatMap((subject) =>
    subject.input.paths.flatMap((route) =>
      route.perSecond === undefined ? [] : [{ subject, route, perSecond: route.perSecond }],
    ),
  );
  return floods.map((one, index) => rateStep({ ...one, from: `127.0.77.${1 + index}`, isFirst: index === 0 }));
}

interface Flood {
  readonly subject: Limited;
  readonly route: DeclaredLimits;
  readonly perSecond: number;
  readonly from: string;
  readonly isFirst: boolean;
}

function rateStep({ subject: { id, name }, route, perSecond, from, isFirst }: Flood): Step<'edge'> {
  return {
    name: `ask ${route.path} of ${name} faster than ${perSecond} a second`,
    kind: 'measure',
    timeoutMs: TIMEOUT_MS,
    async run({ target: { edge }, observe, now, signal }) {
      const isSameClient = !isFirst && !edge.tellsClientsApart;
      if (isSameClient) await pause(QUIET_MS, signal);
      const host = hostOf(edge, name, route);
      const path = concretePath(route);
      const own = await ownRefusal(edge, host);
      const isLimit = (head: RawHead) => head.status === TOO_MANY && isEdgesOwn(head, own);
      const count = Math.min(MOST, Math.max(FEWEST, Math.ceil(perSecond * SECONDS)));
      const began = now();
      const answers = await flood(edge, host, path, count, from);
      const seconds = (now() - began) / 1000;
      const refused = answers.filter(isLimit).length;
      if (refused === 0 && answers.length < perSecond * (seconds + 1))
        throw new CannotTell(
          `${answers.length} answers in ${seconds.toFixed(1)} s are not faster than ${perSecond} a second: the limit was not reached`,
        );
      observe({
        name: `${route.path} is limited by the edge`,
        value: refused === 0 ? 0 : 1,
        unit: 'yes or no',
        is: 1,
        subject: id,
        detail: `${answers.length} requests in ${seconds.toFixed(1)} s, ${refused} refused with 429; ${perSecond} a second are declared`,
      });
      if (refused === 0) return;
      const through = answers.filter((head) => head.status < 500 && !isLimit(head)).length;
      if (isSameClient && through < Math.floor(perSecond))
        throw new CannotTell(
          `${route.path} of ${name} lets ${through} of the requests through, and the edge may hold the floods before it against this one: here all come from one address`,
        );
      observe({
        name: `${route.path} lets through meanwhile`,
        value: through,
        unit: 'requests',
        atLeast: Math.floor(perSecond),
        subject: id,
      });
      observe({
        name: `${route.path} lets the client in again within`,
        value: await recovery(() => isRefused(edge, host, path, from, isLimit), now),
        unit: 'ms',
        atMost: RECOVERY_MS,
        subject: id,
      });
    },
  };
}

/** On a few connections, without waiting for answers: handshakes would be the slower part. */
async function flood(edge: Edge, host: string, path: string, count: number, from: string): Promise<RawHead[]> {
  const one = requestBytes(edge, host, path);
  const last = requestBytes(edge, host, path, { Connection: 'close' });
  const bytes = one.repeat(Math.ceil(count / CONNECTIONS) - 1) + last;
  const all = Array.from({ length: CONNECTIONS }, () => edge.raw(host, [bytes], { timeoutMs: FLOOD_MS, from }));
  return (await Promise.all(all)).flatMap(({ text }) => headsOf(text));
}

async function isRefused(
  edge: Edge,
  host: string,
  path: string,
  from: string,
  isLimit: (head: RawHead) => boolean,
): Promise<boolean> {
  const { text } = await edge.raw(host, [requestBytes(edge, host, path, { Connection: 'close' })], {
    timeoutMs: 2000,
    from,
  });
  const heads = headsOf(text);
  // A client that is dropped without a word is not let in either.
  return heads.length === 0 || heads.some(isLimit);
}

async function recovery(refused: () => Promise<boolean>, now: () => number): Promise<number> {
  const began = now();
  while (await refused()) {
    if (now() - began > 2 * RECOVERY_MS) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return now() - began;
}
