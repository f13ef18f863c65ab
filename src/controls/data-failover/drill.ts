import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { AcknowledgedWrites, Standby } from '../../model/drill/databases.ts';
import { pause } from '../../model/drill/until.ts';
import type { Failover } from './facts.ts';

interface Params {
  readonly maxTakeover: string;
  readonly maxReplicaDelay: string;
  readonly maxLostWrites: number;
}

interface Parameters {
  readonly loadMs: number;
}

type Subject = DrillSubject<Failover, Params>;
type Needs = 'databases' | 'parts';
type Context = StepContext<Needs>;

/** What the steps of one run hand on. */
interface State {
  follows: boolean;
  writes: AcknowledgedWrites | undefined;
}

const POLL_MS = 20;

export const drill = defineDrill({
  summary:
    'The primary is killed while writes are acknowledged; its standby takes over, and the acknowledged writes are looked for.',
  blastRadius:
    'Whoever writes to the store waits or fails from the kill until the primary is back, which is when the drill ends: half a minute in the lab.',
  needs: ['databases', 'parts'],
  parameters: z.object({
    loadMs: z.int().min(100).max(600_000).default(2000).describe('Milliseconds of writes before the kill.'),
  }),
  plan({ subjects, parameters }: { subjects: readonly Subject[]; parameters: Parameters }) {
    const own = subjects.filter(({ input }) => input.kind === 'postgres');
    return {
      runs: own.map((subject) => rehearsal(subject, parameters)),
      left: subjects
        .filter((subject) => !own.includes(subject))
        .map(({ id, input }) => ({
          subject: id,
          because: `no failover of ${input.kind ?? 'a resource outside the spec'} is rehearsed`,
        })),
    };
  },
});

function rehearsal(subject: Subject, { loadMs }: Parameters): Rehearsal<Needs> {
  const { id, name, params } = subject;
  const state: State = { follows: false, writes: undefined };
  return {
    name: `the failover of ${name}`,
    subjects: [id],
    hypothesis: [
      {
        name: `servers of ${name} that are ready`,
        unit: 'share',
        timeoutMs: 15_000,
        tolerance: { atLeast: 1 },
        async measure({ target: { parts } }) {
          const servers = parts.serversOf(name);
          const ready = await Promise.all(servers.map((part) => parts.ready(part)));
          return ready.filter(Boolean).length / servers.length;
        },
      },
    ],
    method: [
      {
        name: 'measure how far behind the standby is',
        kind: 'measure',
        timeoutMs: (seconds(params.maxReplicaDelay) + 30) * 1000,
        run: (context) => measureDelay(context, subject, state),
      },
      {
        name: 'write, and count what is acknowledged',
        kind: 'act',
        timeoutMs: loadMs + 30_000,
        run: (context) => write(context, name, loadMs, state),
      },
      {
        name: 'kill the primary, and promote the standby',
        kind: 'fault',
        timeoutMs: (seconds(params.maxTakeover) + 60) * 1000,
        run: (context) => failOver(context, subject, state),
      },
      {
        name: 'look for the acknowledged writes',
        kind: 'measure',
        timeoutMs: 120_000,
        run: (context) => lookForWrites(context, subject, state),
      },
    ],
  };
}

async function standbyOf({ target: { databases } }: Context, store: string): Promise<Standby> {
  const standby = await databases.standby(store);
  if (standby !== undefined) return standby;
  throw new CannotTell(`store ${store} has no standby in this target`);
}

/** A standby that has stopped without a word shows here: nobody is killed for whom nobody could take over. */
async function measureDelay(context: Context, { id, name, params }: Subject, state: State): Promise<void> {
  const standby = await standbyOf(context, name);
  const limit = seconds(params.maxReplicaDelay) * 1000;
  const delay = await standby.replayDelay(limit);
  state.follows = delay < limit;
  context.observe({
    name: 'delay of the standby',
    value: delay / 1000,
    unit: 's',
    atMost: limit / 1000,
    subject: id,
    ...(state.follows ? {} : { detail: 'a write did not arrive: the standby has stopped following' }),
  });
  // At the limit is not below it.
  if (!state.follows) context.observe({ name: 'standby follows', value: 0, unit: 'yes or no', is: 1, subject: id });
  context.observe({
    name: 'commits wait for the standby',
    value: (await standby.synchronous()) ? 1 : 0,
    unit: 'yes or no',
    subject: id,
  });
}

async function write(context: Context, store: string, loadMs: number, state: State): Promise<void> {
  if (!state.follows) return;
  state.writes = await (await standbyOf(context, store)).write();
  await pause(loadMs, context.signal);
  if (state.writes.acknowledged === 0) throw new CannotTell('no write was acknowledged before the kill');
}

async function failOver(context: Context, { id, name, params }: Subject, { writes }: State): Promise<void> {
  if (writes === undefined) return;
  const { observe, mark, signal } = context;
  const standby = await standbyOf(context, name);
  await standby.killPrimary();
  const killedAt = Date.now();
  mark('the primary is killed');
  await until(() => writes.failedAt !== undefined, signal);
  mark('the loss is noticed');
  observe({
    name: 'time to detect',
    value: Math.max(0, (writes.failedAt ?? 0) - killedAt) / 1000,
    unit: 's',
    subject: id,
  });
  observe({ name: 'time to promote', value: (await standby.promote()) / 1000, unit: 's', subject: id });
  await until(() => writes.backAt !== undefined, signal);
  mark('a write is acknowledged again');
  observe({
    name: 'time without acknowledged writes',
    value: ((writes.backAt ?? Number.NaN) - killedAt) / 1000,
    unit: 's',
    atMost: seconds(params.maxTakeover),
    subject: id,
  });
}

async function lookForWrites({ observe }: Context, { id, params }: Subject, { writes }: State): Promise<void> {
  if (writes === undefined) return;
  const lost = await writes.lost();
  observe({ name: 'acknowledged writes', value: writes.acknowledged, unit: 'writes', atLeast: 1, subject: id });
  observe({ name: 'acknowledged writes lost', value: lost, unit: 'writes', atMost: params.maxLostWrites, subject: id });
}

async function until(holds: () => boolean, signal: AbortSignal): Promise<void> {
  while (!holds()) {
    await pause(POLL_MS, signal);
  }
}
