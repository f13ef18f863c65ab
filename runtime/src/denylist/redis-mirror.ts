/**
 * For followers that have no database: every change and a heartbeat go to the stream `denylist`, the whole list to the string `denylist:snapshot`.
 * Several writers may run: lines carry ids and the position they follow, so that doubles are harmless and gaps are seen.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pause } from '../shared/pause.ts';
import { within } from '../shared/within.ts';
import type { Denylist } from './denylist.ts';
import { writeLines } from './lines.ts';
import type { Change, Position } from './types.ts';

export const STREAM = 'denylist';
export const SNAPSHOT = 'denylist:snapshot';
/** Messages kept: half an hour of heartbeats of five writers. */
const STREAM_LENGTH = 5000;
const BATCH = 200;

/** The part of an ioredis client that is used. */
export interface RedisMirrorClient {
  xadd(key: string, ...args: (string | number)[]): Promise<string | null>;
  set(key: string, value: Buffer): Promise<unknown>;
  exists(key: string): Promise<number>;
}

/** What a message of the stream says, in its field `m` as JSON. */
export interface MirrorMessage {
  /** The position that the changes follow, and the one they lead to. */
  readonly from: number;
  /** Of the line at `from`; absent from writers of an earlier version. Where a follower has another one, the writer has another history. */
  readonly mark?: string | undefined;
  readonly to: number;
  readonly changes: readonly Change[];
  /** Unix ms up to which the writer's copy is complete at `to`. */
  readonly asOf: number;
}

export interface MirrorOptions {
  readonly denylist: Denylist;
  readonly redis: RedisMirrorClient;
  /** Default 2 s: a follower's staleness bound must be several of it. */
  readonly heartbeatEveryMs?: number;
  /** How often the whole list is written though it has not changed. Default: 60 s. */
  readonly snapshotEveryMs?: number;
  readonly deadlineMs?: number;
  readonly failed?: (error: unknown) => void;
}

/** Starts to write; a Redis that is away or hangs costs the followers their freshness and the writer nothing. */
export function startRedisMirror(options: MirrorOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const mirror = new Mirror(options);
  const running = mirror.run(stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** How much of the stream stays when a message is added; of the stream of another history, only that message. */
const TRIM = ['MAXLEN', '~', STREAM_LENGTH] as const;
const RENEW = ['MAXLEN', 1] as const;

/** A change and the position that it follows. */
interface Step {
  readonly from: Position;
  readonly change: Change;
}

class Mirror {
  readonly #options: MirrorOptions;
  #pending: Step[] = [];
  /** Where the last heartbeat was: what is below, or there with another mark, is another history. */
  #head: Position = { id: 0, mark: '' };
  #snapshotOf: Position = { id: -1, mark: '' };
  #snapshotAt = -Infinity;
  #woken = new AbortController();

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { denylist, heartbeatEveryMs = 2000, failed } = this.#options;
    const off = denylist.onChange((changes, id, mark) => {
      for (const [at, change] of changes.entries())
        this.#pending.push({ from: changes[at - 1] ?? { id, mark }, change });
      this.#woken.abort();
    });
    while (!signal.aborted) {
      this.#woken = new AbortController();
      const sound = await this.#beat().then(
        () => true,
        (error: unknown) => (failed?.(error), false),
      );
      await pause(heartbeatEveryMs, sound ? AbortSignal.any([signal, this.#woken.signal]) : signal);
    }
    off();
  }

  async #beat(): Promise<void> {
    const { denylist } = this.#options;
    const { asOf } = denylist.status();
    if (asOf === undefined) return;
    for (let steps = this.#run(); steps[0] !== undefined; steps = this.#run()) {
      await this.#send(
        steps[0].from,
        steps.map(({ change }) => change),
        asOf,
      );
      this.#pending.splice(0, steps.length);
    }
    // Where a restored source was read as a whole, no change led here: followers see the gap, and read the snapshot.
    const head = denylist.contents()?.position;
    if (head === undefined) return;
    const { id, mark } = this.#head;
    const isAnother = head.id < id || (head.id === id && head.mark !== mark);
    await this.#send(head, [], asOf, isAnother ? RENEW : TRIM);
    this.#head = head;
    await this.#snapshot(head);
  }

  /** Of what waits, the first that follow each other. */
  #run(): readonly Step[] {
    const first = this.#pending.slice(0, BATCH);
    const gap = first.findIndex(({ from }, at) => at > 0 && from.id !== first[at - 1]?.change.id);
    return gap < 0 ? first : first.slice(0, gap);
  }

  async #send(
    { id, mark }: Position,
    changes: readonly Change[],
    asOf: number,
    trim: readonly (string | number)[] = TRIM,
  ): Promise<void> {
    const message: MirrorMessage = { from: id, mark, to: changes.at(-1)?.id ?? id, changes, asOf };
    const { redis } = this.#options;
    await this.#within('XADD', redis.xadd(STREAM, ...trim, '*', 'm', JSON.stringify(message)));
  }

  async #snapshot({ id, mark }: Position): Promise<void> {
    const { denylist, redis, snapshotEveryMs = 60_000 } = this.#options;
    const overdue = performance.now() - this.#snapshotAt >= snapshotEveryMs;
    const isKept = id === this.#snapshotOf.id && mark === this.#snapshotOf.mark;
    if (isKept && !overdue && (await this.#within('EXISTS', redis.exists(SNAPSHOT))) === 1) return;
    const contents = denylist.contents();
    if (contents === undefined) return;
    const { asOf = 0 } = denylist.status();
    const parts: Buffer[] = [];
    await pipeline(
      Readable.from(writeLines(contents.entries, { ...contents.position, asOf })),
      createGzip({ level: 1 }),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) parts.push(chunk);
      },
    );
    await this.#within('SET', redis.set(SNAPSHOT, Buffer.concat(parts)));
    this.#snapshotOf = contents.position;
    this.#snapshotAt = performance.now();
  }

  #within<T>(what: string, work: Promise<T>): Promise<T> {
    return within(`${what} of the deny-list mirror`, this.#options.deadlineMs ?? 2000, work);
  }
}
