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
import type { Change } from './types.ts';

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

class Mirror {
  readonly #options: MirrorOptions;
  #pending: Change[] = [];
  #sent: number | undefined;
  #snapshotOf = -1;
  #snapshotAt = -Infinity;
  #woken = new AbortController();

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { denylist, heartbeatEveryMs = 2000, failed } = this.#options;
    const off = denylist.onChange((changes) => {
      this.#pending.push(...changes);
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
    const { asOf, head } = denylist.status();
    if (asOf === undefined || denylist.contents() === undefined) return;
    this.#sent ??= head;
    while (this.#pending.length > 0) {
      const changes = this.#pending.slice(0, BATCH);
      await this.#send(changes, asOf);
      this.#pending.splice(0, changes.length);
    }
    if (head < this.#sent) this.#sent = head;
    await this.#send([], asOf);
    await this.#snapshot(head);
  }

  async #send(changes: readonly Change[], asOf: number): Promise<void> {
    const from = this.#sent ?? 0;
    const to = changes.at(-1)?.id ?? from;
    const message: MirrorMessage = { from, to, changes, asOf };
    const { redis } = this.#options;
    const trim = ['MAXLEN', '~', STREAM_LENGTH] as const;
    await this.#within('XADD', redis.xadd(STREAM, ...trim, '*', 'm', JSON.stringify(message)));
    this.#sent = to;
  }

  async #snapshot(head: number): Promise<void> {
    const { denylist, redis, snapshotEveryMs = 60_000 } = this.#options;
    const overdue = performance.now() - this.#snapshotAt >= snapshotEveryMs;
    if (head === this.#snapshotOf && !overdue && (await this.#within('EXISTS', redis.exists(SNAPSHOT))) === 1) return;
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
    this.#snapshotOf = contents.position.id;
    this.#snapshotAt = performance.now();
  }

  #within<T>(what: string, work: Promise<T>): Promise<T> {
    return within(`${what} of the deny-list mirror`, this.#options.deadlineMs ?? 2000, work);
  }
}
