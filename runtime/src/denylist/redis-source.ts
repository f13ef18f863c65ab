/**
 * Follows the mirror in Redis: for processes without a database, such as a terminal gateway. Needs `~denylist ~denylist:snapshot +get +xread`.
 * Its age is that of the writers' heartbeats, by the wall clock: hosts must agree within a few seconds, and where they do not, the list
 * counts as stale.
 */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { backoffMs, pause } from '../shared/pause.ts';
import { within } from '../shared/within.ts';
import { isKind, readLines } from './lines.ts';
import { SNAPSHOT, STREAM, type MirrorMessage } from './redis-mirror.ts';
import {
  systemClock,
  type Change,
  type Clock,
  type DenylistSink,
  type DenylistSource,
  type Position,
} from './types.ts';

/** The part of an ioredis client that is used; of its own, since it blocks. */
export interface RedisFollowerClient {
  getBuffer(key: string): Promise<Buffer | null>;
  xread(...args: (string | number)[]): Promise<unknown>;
  disconnect(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface RedisSourceOptions {
  readonly connect: () => RedisFollowerClient;
  /** How long one command may take beyond the blocking that it asks for. Default 2 s. */
  readonly deadlineMs?: number;
  /** How often the whole list is read, to drop what has ended. Default: 5 min. */
  readonly reconcileEveryMs?: number;
  readonly clock?: Clock;
}

const BLOCK = 1000;
const BATCH = 200;
/** A heartbeat from further ahead shows that a clock is wrong. */
const SKEW = 5000;
/** So long without a heartbeat that reaches our position, the writers have another history than ours. */
const ANOTHER_HISTORY = 30_000;

export function redisSource(options: RedisSourceOptions): DenylistSource {
  return {
    async run(sink, signal) {
      for (let failures = 0; !signal.aborted; failures += 1) {
        const client = options.connect();
        client.on('error', () => undefined);
        const follower = new RedisFollower(options, client, sink);
        await follower.run(signal).catch((error: unknown) => signal.aborted || sink.failed(error));
        client.disconnect();
        if (follower.confirmed) failures = 0;
        await pause(backoffMs(failures, 200, 5000), signal);
      }
    },
  };
}

class RedisFollower {
  readonly #options: RedisSourceOptions;
  readonly #client: RedisFollowerClient;
  readonly #sink: DenylistSink;
  readonly #clock: Clock;
  #syncedAt = -Infinity;
  #confirmedAt: number;
  /** A writer has another history than ours, and none has confirmed ours since. */
  #another = false;
  confirmed = false;

  constructor(options: RedisSourceOptions, client: RedisFollowerClient, sink: DenylistSink) {
    this.#options = options;
    this.#client = client;
    this.#sink = sink;
    this.#clock = options.clock ?? systemClock;
    this.#confirmedAt = this.#clock.now().steady;
  }

  /** From the beginning of the stream, which is short: doubles are ignored, and no writer's order matters. */
  async run(signal: AbortSignal): Promise<void> {
    const { reconcileEveryMs = 300_000 } = this.#options;
    let cursor = '0';
    await this.#sync();
    while (!signal.aborted) {
      const { messages, last } = await this.#read(cursor, signal);
      cursor = last;
      const gap = messages.map((message) => this.#take(message)).includes('gap');
      const now = this.#clock.now().steady;
      const silent = now - Math.max(this.#confirmedAt, this.#syncedAt) > (this.#options.deadlineMs ?? 2000) * 2;
      if (!gap && !silent && now - this.#syncedAt < reconcileEveryMs) continue;
      await this.#sync();
      if (!gap) continue;
      cursor = '0';
      await pause(200, signal);
    }
  }

  async #read(cursor: string, signal: AbortSignal): Promise<{ messages: readonly MirrorMessage[]; last: string }> {
    const stop = () => this.#client.disconnect();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const reply = await this.#within(
        'XREAD',
        this.#client.xread('COUNT', BATCH, 'BLOCK', BLOCK, 'STREAMS', STREAM, cursor),
        BLOCK,
      );
      const entries = (reply as [string, [string, string[]][]][] | null)?.[0]?.[1] ?? [];
      return {
        messages: entries.flatMap(([, fields]) => this.#understood(fields[1])),
        last: entries.at(-1)?.[0] ?? cursor,
      };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** One that cannot be read would stop every follower as long as the stream holds it. What it may have told shows as a gap in the next. */
  #understood(text: string | undefined): readonly MirrorMessage[] {
    try {
      return [messageOf(text)];
    } catch (error) {
      this.#sink.failed(error);
      return [];
    }
  }

  #take(message: MirrorMessage): 'taken' | 'gap' {
    const { from, to, changes, asOf } = message;
    const before = this.#sink.position();
    if (before === undefined || (changes.length > 0 && from > before.id)) return 'gap';
    if (isOfAnother(message, before)) {
      // The writer's, or one of its past that still stands in the stream: the snapshot tells, once nothing confirms ours.
      this.#another = true;
      return 'taken';
    }
    this.#sink.apply(changes);
    const reached = this.#sink.position()?.id ?? 0;
    if (to > reached) return 'gap';
    // A writer that is behind, or one of another history, whose new lines have ids that we take for old ones.
    if (to < reached) return 'taken';
    const now = this.#clock.now();
    if (asOf > now.wall + SKEW) {
      this.#sink.failed(
        new Error(
          'a heartbeat of the deny-list comes from the future: the clock of its writer or of this host is wrong',
        ),
      );
      return 'taken';
    }
    this.#sink.confirm({ wall: asOf, steady: now.steady - Math.max(0, now.wall - asOf) });
    this.#confirmedAt = now.steady;
    this.#another = false;
    this.confirmed = true;
    return 'taken';
  }

  /** Takes the whole list where it is as new as what we have. */
  async #sync(): Promise<void> {
    const packed = await this.#within('GET', this.#client.getBuffer(SNAPSHOT));
    this.#syncedAt = this.#clock.now().steady;
    if (packed === null) {
      if (this.#sink.position() === undefined) throw new Error(`${SNAPSHOT} is not in Redis: no writer runs`);
      return;
    }
    const rebuild = this.#sink.begin();
    const header = await readLines(Readable.from([packed]).pipe(createGunzip()), rebuild);
    const position = this.#sink.position();
    if (position !== undefined && header.id < position.id) {
      if (this.#syncedAt - this.#confirmedAt < ANOTHER_HISTORY) return;
      this.#sink.rewritten(`the mirror ends at line ${header.id}, ours at ${position.id}`);
    } else if (position !== undefined && header.mark !== position.mark && (this.#another || header.id === position.id))
      this.#sink.rewritten(`line ${position.id} is another one in the mirror: was the database restored?`);
    rebuild.commit({ id: header.id, mark: header.mark });
    this.#another = false;
  }

  #within<T>(what: string, work: Promise<T>, more = 0): Promise<T> {
    return within(`${what} of the deny-list in Redis`, (this.#options.deadlineMs ?? 2000) + more, work);
  }
}

/** Whether the message knows another line at our position than we do. */
function isOfAnother({ from, mark, changes }: MirrorMessage, ours: Position): boolean {
  if (from === ours.id) return mark !== undefined && mark !== ours.mark;
  return changes.some(({ id, mark: other }) => id === ours.id && other !== ours.mark);
}

function messageOf(text: string | undefined): MirrorMessage {
  const { from, mark, to, changes, asOf } = JSON.parse(text ?? '') as Partial<MirrorMessage>;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || !Number.isFinite(asOf) || !Array.isArray(changes))
    throw new Error('a message of the deny-list stream is none that a mirror writes');
  return {
    from: Number(from),
    mark: typeof mark === 'string' ? mark : undefined,
    to: Number(to),
    changes: changes.map(soundChange),
    asOf: Number(asOf),
  };
}

function soundChange(change: Change): Change {
  const { id, kind, value, issuedBefore, lifts } = change;
  const hasTime = lifts !== undefined || !kind.endsWith('issued-before') || Number.isSafeInteger(issuedBefore);
  if (Number.isSafeInteger(id) && isKind(kind) && typeof value === 'string' && hasTime) return change;
  throw new Error('a change in the deny-list stream is none');
}
