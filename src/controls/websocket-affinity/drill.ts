/** Cuts the connections of open sessions and sees where they come back; and lets an event stream be silent for longer than its ping. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillInput,
  type DrillSubject,
  type Rehearsal,
} from '../../model/drill/drill.ts';
import type { OpenTerminals } from '../../model/drill/terminals.ts';
import { concretePath, edgeAnswers, headOf, hostOf, requestBytes } from '../../proofs/edge/drill.ts';
import type { Stream, Streams } from './query.ts';

const parameters = z.object({
  sessions: z.int().min(2).max(2000).default(12).describe('Terminals that are opened'),
  rounds: z.int().min(1).max(50).default(2).describe('How often all of their connections are cut'),
});

type Needs = 'edge' | 'people' | 'parts' | 'terminals';
type Settings = z.infer<typeof parameters>;
type Subject = DrillSubject<Streams, unknown>;

/** What a stream says as it begins is no ping. One clock may ping all streams, so that the first ping of one comes at any moment of the interval. */
const GREETING_SECONDS = 2;
/** A stream is watched for its greeting, its ping and so much more. */
const MORE_SECONDS = 1;
/** The edge may take so long to begin its answer, which is no silence of the stream. */
const ANSWER_SECONDS = 5;
/** Longer pings make a drill that nobody runs. */
const LONGEST_PING = 30;
const EVENT_STREAM = /^content-type:[ \t]*text\/event-stream/im;

export const drill = defineDrill({
  summary:
    'Terminals lose their connections and must come back to the pod that held them; event streams must outlast their ping.',
  blastRadius: 'Sessions of the drill only.',
  needs: ['edge', 'people', 'parts', 'terminals'],
  parameters,
  plan({ subjects, parameters: settings }: DrillInput<Streams, unknown, Settings>) {
    const runs = subjects.map((subject) => ({ subject, run: rehearsal(subject, settings) }));
    return {
      runs: runs.flatMap(({ run }) => run ?? []),
      left: runs.flatMap(({ subject: { id }, run }) =>
        run === undefined
          ? [
              {
                subject: id,
                because: `no stream of it has affinity, or a ping of at most ${LONGEST_PING} s, that a drill could wait for`,
              },
            ]
          : [],
      ),
    };
  },
});

function rehearsal(subject: Subject, settings: Settings): Rehearsal<Needs> | undefined {
  const { streams } = subject.input;
  const sticky = streams.some(
    ({ protocol, declared }) => protocol === 'websocket' && declared !== undefined && declared !== 'none',
  );
  if (sticky) return affinity(subject, settings);
  const quiet = streams.find(({ protocol, ping }) => protocol === 'sse' && ping !== undefined && ping <= LONGEST_PING);
  return quiet === undefined ? undefined : silence(subject, quiet, quiet.ping!);
}

function affinity({ id, name }: Subject, { sessions, rounds }: Settings): Rehearsal<Needs> {
  let open: OpenTerminals | undefined;
  return {
    name: `the affinity of sessions of ${name}`,
    subjects: [id],
    hypothesis: [edgeAnswers(name)],
    method: [
      {
        name: `open ${sessions} terminals`,
        kind: 'act',
        timeoutMs: 120_000,
        async run({ target }) {
          open = await target.terminals.open(sessions);
        },
      },
      {
        name: 'cut their connections and see where they come back',
        kind: 'measure',
        timeoutMs: 60_000 * rounds,
        async run({ target: { parts }, observe, keep }) {
          const before = await open!.places();
          const held = new Set(before.flatMap(({ part }) => part ?? []));
          const nowhere = before.filter(({ part }) => part === undefined).length;
          if (nowhere > 0)
            throw new CannotTell(`no replica of ${name} tells of ${nowhere} of ${sessions} open sessions`);
          if (held.size < 2)
            throw new CannotTell(
              `all sessions are on one of ${parts.replicas(name).length} replicas: nothing could tell affinity from chance`,
            );
          let moved = 0;
          for (let round = 0; round < rounds; round += 1) {
            await open!.reconnect();
            const after = new Map((await open!.places()).map(({ id: session, part }) => [session, part]));
            moved += before.filter(({ id: session, part }) => after.get(session) !== part).length;
          }
          keep('places before', before);
          observe({ name: 'replicas that held sessions', value: held.size, unit: 'replicas', atLeast: 2 });
          observe({
            name: 'sessions that came back to another replica',
            value: moved,
            unit: 'sessions',
            is: 0,
            detail: `of ${sessions}, cut ${rounds} times`,
          });
        },
      },
      {
        name: 'end the terminals and count',
        kind: 'measure',
        timeoutMs: 120_000,
        async run({ observe }) {
          const { lostBytes, doubledBytes, damaged } = await open!.close();
          observe({
            name: 'lost or doubled bytes',
            value: lostBytes + doubledBytes,
            unit: 'bytes',
            is: 0,
            ...(damaged[0] === undefined ? {} : { detail: damaged[0] }),
          });
        },
      },
    ],
  };
}

function silence({ id, name }: Subject, route: Stream, ping: number): Rehearsal<Needs> {
  const greeting = Math.min(GREETING_SECONDS, ping / 2);
  const enough = greeting + ping + MORE_SECONDS;
  const timeoutMs = (ANSWER_SECONDS + enough) * 1000;
  return {
    name: `the silence of ${route.path}`,
    subjects: [id],
    hypothesis: [edgeAnswers(name)],
    method: [
      {
        name: `leave ${route.path} alone for ${Math.ceil(enough)} s`,
        kind: 'measure',
        timeoutMs: timeoutMs + 30_000,
        async run({ target: { edge, people }, observe }) {
          const host = hostOf(edge, name, route);
          const token = await people.token(people.names.customer);
          const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' };
          const arrivals: Arrival[] = [];
          const { text, closedAfterMs } = await edge.raw(
            host,
            [requestBytes(edge, host, concretePath(route), headers)],
            { timeoutMs, seen: (so) => void arrivals.push({ at: performance.now(), length: so.length }) },
          );
          const ended = performance.now();
          const head = headOf(text);
          const [first] = arrivals;
          if (head?.status !== 200 || first === undefined)
            throw new CannotTell(`${host}${route.path} answers ${head?.status ?? 'nothing'}`);
          if (!EVENT_STREAM.test(text.slice(0, -head.text.length || undefined)))
            throw new CannotTell(`${host}${route.path} answers 200 with something else than an event stream`);
          const lasted = (ended - first.at) / 1000;
          if (closedAfterMs === undefined && lasted < enough)
            throw new CannotTell(
              `${host}${route.path} began to answer so late that it could be watched for ${lasted.toFixed(1)} s only`,
            );
          observe({
            name: 'seconds that the silent stream lasted',
            value: Math.min(lasted, enough),
            unit: 's',
            atLeast: enough,
          });
          observe({
            name: 'bytes of pings that arrived',
            value: lengthAfter(arrivals, enough) - lengthAfter(arrivals, greeting),
            unit: 'bytes',
            atLeast: 1,
          });
        },
      },
    ],
  };
}

/** How long the text was at a moment. */
interface Arrival {
  readonly at: number;
  readonly length: number;
}

/** Characters that had come so many seconds after the first. */
function lengthAfter(arrivals: readonly Arrival[], seconds: number): number {
  const began = arrivals[0]?.at ?? 0;
  return arrivals.findLast(({ at }) => at - began <= seconds * 1000)?.length ?? 0;
}
