/** Replaces the replicas of a streaming service while streams are open through it: each is ended cleanly and taken up without a byte lost. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillInput,
  type DrillSubject,
  type Rehearsal,
} from '../../model/drill/drill.ts';
import type { OpenTerminals, TerminalReport } from '../../model/drill/terminals.ts';
import { pause } from '../../model/drill/until.ts';
import { concretePath, edgeAnswers, headOf, hostOf, requestBytes } from '../../proofs/edge/drill.ts';
import { replicasOf } from '../../proofs/drilling/health.ts';
import { roll } from '../../proofs/release/drill.ts';
import type { DrainedStream, StreamDrains } from './input.ts';

const parameters = z.object({
  sessions: z.int().min(1).max(2000).default(12).describe('Terminals, or event streams, that are open'),
  tick: z.number().min(0.05).max(10).default(0.5).describe('Seconds between two lines of each terminal'),
});

type Needs = 'edge' | 'people' | 'parts' | 'terminals';
type Settings = z.infer<typeof parameters>;
type Subject = DrillSubject<StreamDrains, unknown>;

/** RFC 6455 and the IANA registry: the service restarts, come back. */
const SERVICE_RESTART = '1012';
const ROLL_MS = 600_000;

export const drill = defineDrill({
  summary: 'Every replica of a streaming service is replaced while terminals or event streams are open through it.',
  blastRadius: 'Sessions of customers on the replica move to another one, as in any rollout.',
  needs: ['edge', 'people', 'parts', 'terminals'],
  parameters,
  plan({ subjects, parameters: settings }: DrillInput<StreamDrains, unknown, Settings>) {
    return {
      runs: subjects.flatMap((subject) => rehearsal(subject, settings) ?? []),
      left: subjects.flatMap(({ id, input: { streams } }) => {
        if (streams.some(isTerminal) || streams.some(isEvents)) return [];
        const because =
          streams.length === 0
            ? 'none of its streams is public'
            : 'its sockets are neither terminals, which are opened with a ticket, nor event streams: no drill opens them';
        return [{ subject: id, because }];
      }),
    };
  },
});

function rehearsal(subject: Subject, settings: Settings): Rehearsal<Needs> | undefined {
  const { streams } = subject.input;
  if (streams.some(isTerminal)) return terminalDrain(subject, settings);
  const events = streams.find(isEvents);
  return events === undefined ? undefined : eventDrain(subject, events, settings);
}

/** Sockets that are known to be opened otherwise, such as those for notifications, carry no terminal. */
function isTerminal({ protocol, auth = 'ticket' }: DrainedStream): boolean {
  return protocol === 'websocket' && auth === 'ticket';
}

function isEvents({ protocol }: DrainedStream): boolean {
  return protocol === 'sse';
}

function terminalDrain({ id, name }: Subject, { sessions, tick }: Settings): Rehearsal<Needs> {
  let open: OpenTerminals | undefined;
  return {
    name: `the drain of terminals on ${name}`,
    subjects: [id],
    hypothesis: [edgeAnswers(name)],
    method: [
      {
        name: `open ${sessions} terminals and type into them`,
        kind: 'act',
        timeoutMs: 120_000,
        run: async ({ target }) => {
          replicasOf(target.parts, name);
          open = await target.terminals.open(sessions, { tick });
        },
      },
      {
        name: `replace the replicas of ${name} one after the other`,
        kind: 'fault',
        timeoutMs: ROLL_MS,
        run: async ({ target: { parts }, signal }) => {
          await roll(parts, replicasOf(parts, name), { signal });
        },
      },
      {
        name: 'end the terminals and count',
        kind: 'measure',
        timeoutMs: 120_000,
        async run({ observe, keep }) {
          const report = await open!.close();
          keep('terminals', report);
          observeTerminals(observe, report);
        },
      },
    ],
  };
}

function observeTerminals(
  observe: (one: { name: string; value: number; unit: string; is?: number; atLeast?: number; detail?: string }) => void,
  { closes, lostBytes, doubledBytes, damaged, resumed }: TerminalReport,
): void {
  const clean = closes[SERVICE_RESTART] ?? 0;
  const abrupt = Object.entries(closes).filter(([code]) => code !== SERVICE_RESTART);
  const words = abrupt.map(([code, count]) => `${code} x ${count}`).join(', ');
  observe({ name: 'sessions that were handed over by 1012', value: clean, unit: 'closes', atLeast: 1 });
  observe({
    name: 'sessions that were ended by anything else',
    value: abrupt.reduce((sum, [, count]) => sum + count, 0),
    unit: 'closes',
    is: 0,
    ...(words === '' ? {} : { detail: words }),
  });
  observe({ name: 'sessions that were taken up again', value: resumed, unit: 'connections', atLeast: clean });
  observe({
    name: 'lost bytes',
    value: lostBytes,
    unit: 'bytes',
    is: 0,
    ...(damaged[0] === undefined ? {} : { detail: damaged[0] }),
  });
  observe({ name: 'doubled bytes', value: doubledBytes, unit: 'bytes', is: 0 });
  observe({
    name: 'damaged sessions',
    value: damaged.length,
    unit: 'sessions',
    is: 0,
    ...(damaged[0] === undefined ? {} : { detail: damaged[0] }),
  });
}

/** End of a chunked body, RFC 9112 §7.1: what a stream that was ended, and not cut off, comes to. */
const LAST_CHUNK = '\r\n0\r\n\r\n';

function eventDrain({ id, name }: Subject, route: DrainedStream, { sessions }: Settings): Rehearsal<Needs> {
  let streams: Promise<readonly Stream[]> | undefined;
  const over = new Set<number>();
  return {
    name: `the drain of event streams on ${name}`,
    subjects: [id],
    hypothesis: [edgeAnswers(name)],
    method: [
      {
        name: `open ${sessions} event streams`,
        kind: 'act',
        timeoutMs: 60_000,
        async run({ target: { edge, people, parts }, signal }) {
          const replicas = replicasOf(parts, name);
          const host = hostOf(edge, name, route);
          const token = await people.token(people.names.customer);
          const bytes = requestBytes(edge, host, concretePath(route), {
            Authorization: `Bearer ${token}`,
            Accept: 'text/event-stream',
          });
          const timeoutMs = 30_000 + replicas.length * 30_000;
          const heads = new Map<number, number | undefined>();
          streams = Promise.all(
            Array.from({ length: sessions }, (_, index) =>
              edge.raw(host, [bytes], {
                timeoutMs,
                from: `127.0.79.${1 + Math.floor(index / EACH_FROM)}`,
                until: LAST_CHUNK,
                seen: (text) => {
                  heads.set(index, headOf(text)?.status);
                  if (text.endsWith(LAST_CHUNK)) over.add(index);
                },
              }),
            ),
          );
          streams.catch(() => undefined);
          await untilOpen(heads, sessions, signal);
        },
      },
      {
        name: `replace the replicas of ${name} one after the other`,
        kind: 'fault',
        timeoutMs: ROLL_MS,
        run: async ({ target: { parts }, signal }) => {
          // A stream that ends by itself is handed over by nobody.
          if (over.size > 0)
            throw new CannotTell(`${over.size} of ${sessions} event streams were over before any replica was replaced`);
          await roll(parts, replicasOf(parts, name), { signal });
        },
      },
      {
        name: 'see how the streams ended',
        kind: 'measure',
        timeoutMs: 120_000,
        async run({ observe, keep }) {
          const ended = await streams!;
          const cut = ended.filter(({ text }) => !text.endsWith(LAST_CHUNK));
          keep('event streams', ended);
          observe({ name: 'event streams that were open', value: ended.length, unit: 'streams', atLeast: 1 });
          observe({
            name: 'event streams that were cut off',
            value: cut.length,
            unit: 'streams',
            is: 0,
            detail: cut.length === 0 ? `of ${ended.length}` : `of ${ended.length}, ${cut.map(howItEnded).join(', ')}`,
          });
        },
      },
    ],
  };
}

interface Stream {
  readonly text: string;
  readonly closedAfterMs: number | undefined;
}

/** Only what is open can be drained: a stream that came about in the middle of it would tell something else. */
async function untilOpen(heads: ReadonlyMap<number, number | undefined>, all: number, signal: AbortSignal) {
  const open = () => [...heads.values()].filter((status) => status === 200).length;
  const end = performance.now() + OPEN_MS;
  while (open() < all && performance.now() < end) await pause(50, signal);
  if (open() < all)
    throw new CannotTell(
      `${all - open()} of ${all} event streams were not opened: ${[...heads.values()].find((status) => status !== 200) ?? 'no answer'}`,
    );
}

function howItEnded({ text, closedAfterMs }: Stream): string {
  if (closedAfterMs === undefined) return 'one was still open at the end';
  const drained = text.includes('event: drain') ? 'told of the drain' : 'told nothing';
  return `one after ${(closedAfterMs / 1000).toFixed(1)} s, ${drained}`;
}

/** Longest until all of them are open. */
const OPEN_MS = 20_000;
/** Streams of one client address: edges bound them. */
const EACH_FROM = 4;
