import type { Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Envelope, Signer } from '../model/evidence.ts';
import type { CheckpointPin, LedgerStorage, StorageLock } from '../model/ledger-storage.ts';
import { logKey, type Checkpoint } from './checkpoint.ts';
import { DigestIndex } from './digest-index.ts';
import { MAX_ENVELOPE_BYTES } from './envelope.ts';
import { evidenceFile, STAGING_FILE } from './layout.ts';
import { encodeLeaf, prepareEnvelope, type PreparedEnvelope } from './leaf.ts';
import { commitGroup, removeQuietly, type LogContext, type LogState } from './log.ts';
import { recover } from './recover.ts';
import { lastTime, stamp } from './sequencer-time.ts';
import { corrupt } from './tile-store.ts';
import { TILE_WIDTH } from './tiles.ts';
import type { VerifierKey } from './vkey.ts';

export interface SequencerOptions {
  readonly storage: LedgerStorage;
  /** The log's name in its checkpoints, such as `example.com/launch`: no white space, no `+`. */
  readonly origin: string;
  readonly signer: Signer;
  readonly clock: () => Date;
  /** Keys that signed the log before this signer took over. */
  readonly formerKeys?: readonly VerifierKey[];
  /** Where the last checkpoint is remembered apart from the ledger, so that a restored backup is never appended to. */
  readonly pin?: CheckpointPin;
  /** Most entries in one durable commit; at most 256. */
  readonly groupSize?: number;
  /** Longest wait for a group to fill. */
  readonly groupDelayMs?: number;
  /** Longest wait for another process that holds the lock. */
  readonly lockTimeoutMs?: number;
}

/** Where an envelope stands in the log, durably. */
export interface Appended {
  readonly index: number;
  readonly digest: Digest;
  /** True when it had been in the log before. */
  readonly folded: boolean;
}

interface Waiting extends PreparedEnvelope {
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

/** The one writer of a log. Appends from anywhere in the process are committed in groups, one durable commit each. */
export class Sequencer {
  readonly #context: LogContext;
  readonly #options: SequencerOptions;
  readonly #lock: StorageLock;
  readonly #index: DigestIndex;
  readonly #inFlight = new Map<Digest, Promise<Appended>>();
  #state: LogState | undefined;
  #lastTime = 0;
  #queue: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #closed = false;

  private constructor(options: SequencerOptions, lock: StorageLock) {
    const { storage, origin, signer, formerKeys = [], pin } = options;
    const logKeys = [logKey(origin, signer.publicKey), ...formerKeys];
    this.#context = { storage, origin, signer, logKeys, ...(pin === undefined ? {} : { pin }) };
    this.#options = options;
    this.#lock = lock;
    this.#index = new DigestIndex(storage);
  }

  /**
   * Takes the lock, completes what a crash left, and makes the log where there is none. Throws `ledger-locked`,
   * `ledger-corrupt`, `ledger-unreadable`, or `refused` where the log has another origin.
   */
  static async open(options: SequencerOptions): Promise<Sequencer> {
    const lock = await options.storage.lock(options.lockTimeoutMs ?? 10_000);
    const sequencer = new Sequencer(options, lock);
    try {
      await sequencer.#recovered();
    } catch (error) {
      await lock.release();
      throw error;
    }
    return sequencer;
  }

  /** The published checkpoint; `undefined` after a failed write, until the next append has read the log back. */
  get checkpoint(): Checkpoint | undefined {
    return this.#state?.checkpoint;
  }

  /**
   * Stores an envelope and puts it into the log. What it resolves to is durable and never given to another envelope.
   * Rejects with `evidence-invalid` for an envelope without a statement; with `ledger-unreadable` or `ledger-corrupt` when
   * the write failed: the envelope may or may not be in the log then, and may be offered again.
   */
  append(envelope: Envelope): Promise<Appended> {
    if (this.#closed) return Promise.reject(new LaunchgateError('usage', 'the ledger is closed'));
    let prepared: PreparedEnvelope;
    try {
      prepared = prepareEnvelope(envelope, 'envelope');
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#inFlight.get(prepared.leaf.envelope) ?? this.#enqueue(prepared);
  }

  /** Appends all, in their order, without waiting for a group to fill. */
  async appendAll(envelopes: readonly Envelope[]): Promise<Appended[]> {
    const appended = Promise.all(envelopes.map((envelope) => this.append(envelope)));
    const [results] = await Promise.all([appended, this.flush()]);
    return results;
  }

  /** Commits what is waiting now. Failures reach those who appended. */
  async flush(): Promise<void> {
    this.#start();
    await this.#working;
  }

  /** Commits what is waiting and gives the lock back. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    if (this.#state !== undefined) await removeQuietly(this.#context.storage, [STAGING_FILE]);
    await this.#lock.release();
  }

  #enqueue(prepared: PreparedEnvelope): Promise<Appended> {
    const { promise, resolve, reject } = Promise.withResolvers<Appended>();
    const digest = prepared.leaf.envelope;
    this.#queue.push({ ...prepared, resolve, reject });
    this.#inFlight.set(digest, promise);
    const settled = () => this.#inFlight.delete(digest);
    promise.then(settled, settled);
    if (this.#queue.length >= this.#groupSize) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), this.#options.groupDelayMs ?? 250);
    return promise;
  }

  get #groupSize(): number {
    return Math.min(this.#options.groupSize ?? TILE_WIDTH, TILE_WIDTH);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#queue.splice(0, this.#groupSize);
      try {
        await this.#commit(group);
      } catch (error) {
        this.#state = undefined;
        for (const { reject } of group) reject(error);
      }
    }
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const state = await this.#recovered();
    const fresh = await this.#store(group, state);
    if (fresh.length === 0) return;
    const { time, millis } = stamp(this.#options.clock(), this.#lastTime);
    const entries = fresh.map(({ leaf }) => encodeLeaf({ ...leaf, time }));
    this.#state = await commitGroup(this.#context, state, entries);
    this.#lastTime = millis;
    for (const [at, { leaf, resolve }] of fresh.entries())
      resolve({ index: state.frontier.size + at, digest: leaf.envelope, folded: false });
  }

  /** Stores the envelopes durably; answers those that are in the log already and returns the others. */
  async #store(group: readonly Waiting[], state: LogState): Promise<Waiting[]> {
    const { storage } = this.#context;
    const files = group.map(({ bytes, leaf }) => ({ path: evidenceFile(leaf.envelope), bytes }));
    const stored = await storage.create(files);
    const fresh: Waiting[] = [];
    for (const [at, waiting] of group.entries()) {
      if (stored[at] === 'created') fresh.push(waiting);
      else if (!(await this.#isWhole(waiting)))
        waiting.reject(corrupt(files[at]?.path ?? '', 'it is not the envelope of its name'));
      else {
        const index = await this.#index.find(waiting.leaf.envelope, state.frontier.size);
        if (index === undefined) fresh.push(waiting);
        else waiting.resolve({ index, digest: waiting.leaf.envelope, folded: true });
      }
    }
    return fresh;
  }

  async #isWhole({ bytes, leaf }: Waiting): Promise<boolean> {
    const present = await this.#context.storage.read(evidenceFile(leaf.envelope), MAX_ENVELOPE_BYTES);
    return present !== undefined && Buffer.compare(present, bytes) === 0;
  }

  async #recovered(): Promise<LogState> {
    if (this.#state !== undefined) return this.#state;
    const state = await recover(this.#context);
    this.#lastTime = await lastTime(this.#context.storage, state.frontier);
    this.#state = state;
    return state;
  }
}
