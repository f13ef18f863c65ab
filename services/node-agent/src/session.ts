/**
 * One shell with its output ring. It outlives its viewers: gateways come and go, the newest (highest fence) is the only one that writes.
 * Output that the viewer has not acknowledged is never overwritten while it is attached, nor for `detachedHold` after: the terminal is paused instead.
 */
import type { Cut, EndReason, Exited, Notice, OpenRequest, Opened } from './protocol.ts';
import type { Limits } from './limits.ts';
import type { Pty } from './pty.ts';
import type { Recorder } from './recorder.ts';
import { endProcesses } from './processes.ts';
import { createPace, type Pace } from './pace.ts';
import { createRing, type OutputRing } from './ring.ts';
import { SessionInput } from './session-input.ts';
import { createSteadySize, type SteadySize } from './steady-size.ts';

/** The channel of a gateway that shows a session. */
export interface Viewer {
  /** There is output, or the end. */
  wake(): void;
  inputTaken(position: number): void;
  notice(notice: Notice): void;
  cut(reason: Cut['reason']): void;
}

export interface SessionEvents {
  lost(bytes: number): void;
  paused(change: 1 | -1): void;
  ended(reason: EndReason): void;
}

type Resumed = Pick<Opened, 'seq' | 'gap'>;

export class Session {
  readonly id: string;
  readonly user: string;
  /** By the clock that only goes forward: whoever sets the wall's clock ends no session, and prolongs none. */
  readonly openedAt = performance.now();
  readonly ring: OutputRing;
  readonly size: SteadySize;
  recording: Opened['recording'];
  fence: number;
  gateway = '';
  viewer: Viewer | undefined;
  exit: Exited | undefined;
  exitedAt = 0;
  /** Resolves once the shell is gone and its recording is complete. */
  readonly #gone = Promise.withResolvers<void>();
  /** Resolves once nothing is left that it has started. */
  #cleared: Promise<unknown> | undefined;

  #pty!: Pty;
  #input!: SessionInput;
  readonly #limits: Limits;
  readonly #events: SessionEvents;
  #recorder: Recorder | undefined;
  #acked = 0;
  /** Of the present viewer. */
  #pace: Pace;
  #pending: Buffer | undefined;
  #paused = false;
  #ending: EndReason | undefined;
  #activeAt = performance.now();
  #detachedAt = performance.now();
  #detachedFrom = 0;

  constructor(request: OpenRequest, limits: Limits, events: SessionEvents, recording: Opened['recording']) {
    this.id = request.session;
    this.user = request.user;
    this.fence = request.fence;
    this.ring = createRing(limits.ringBytes);
    this.#pace = createPace(limits.ringBytes);
    this.recording = recording;
    this.#limits = limits;
    this.#events = events;
    this.size = createSteadySize(limits.resizeEvery, (cols, rows) => {
      this.#pty.resize(cols, rows);
      this.#recorder?.resize(cols, rows);
    });
  }

  /** Connects the shell; its data must go to `output`, what it has taken to `inputTaken`, and its end to `exited`. */
  start(pty: Pty, recorder: Recorder | undefined): void {
    this.#pty = pty;
    this.#input = new SessionInput(pty);
    this.#recorder = recorder;
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Input has come up to here. */
  get inputSeq(): number {
    return this.#input.seq;
  }

  /** Its end has begun, or is over. */
  get ending(): boolean {
    return this.#ending !== undefined;
  }

  /** All that there will ever be is in the ring. */
  get finished(): boolean {
    return this.exit !== undefined && this.#pending === undefined;
  }

  /** The newest viewer wins; the one before is cut off. Undefined when `lastSeq` is ahead of what this shell has ever written. */
  attach(viewer: Viewer, gateway: string, request: OpenRequest): Resumed | undefined {
    const { ring } = this;
    const from = request.lastSeq ?? ring.start;
    if (from > ring.end) return undefined;
    const previous = this.viewer;
    this.viewer = undefined;
    previous?.cut('superseded');
    const seq = Math.max(from, ring.start);
    this.#input.rewind();
    this.viewer = viewer;
    this.#pace = createPace(ring.size);
    this.gateway = gateway;
    this.fence = request.fence;
    this.#acked = Math.max(ring.start, Math.min(seq, request.acked ?? seq));
    this.size.set(request.cols, request.rows);
    this.#regulate();
    return from < seq ? { seq, gap: { from, to: seq } } : { seq };
  }

  detach(viewer: Viewer): void {
    if (this.viewer !== viewer) return;
    this.viewer = undefined;
    this.#detachedAt = performance.now();
    this.#detachedFrom = this.ring.end;
  }

  /** The bytes are of this call. */
  output(bytes: Buffer): void {
    this.#activeAt = performance.now();
    this.#recorder?.output(bytes);
    this.#store(this.#pending === undefined ? bytes : Buffer.concat([this.#pending, bytes]));
  }

  exited(code: number, signal: number): void {
    this.exit = { code, signal, reason: this.#ending ?? 'exited' };
    this.exitedAt = performance.now();
    if (this.#ending !== undefined) this.#pending = undefined;
    this.size.stop();
    if (this.#paused) this.#setPaused(false);
    this.#gone.resolve(this.#recorder?.close(code));
    this.#events.ended(this.exit.reason);
    this.viewer?.wake();
    // What the shell left in the background would have nobody to end it.
    this.#cleared ??= endProcesses(this.pid, this.#limits.killGrace);
  }

  /** Input from `position` on, of which what is not new is passed over. */
  input(position: number, bytes: Buffer): void {
    if (this.exit === undefined && this.#input.accept(position, bytes)) this.#activeAt = performance.now();
  }

  /** The terminal has these bytes of the input. */
  inputTaken(bytes: Buffer): void {
    this.#recorder?.input(bytes);
    this.viewer?.inputTaken(this.#input.taken);
  }

  /** The viewer has consumed its output up to `position`. */
  credit(position: number): void {
    if (position <= this.#acked || position > this.ring.end) return;
    this.#pace.consumed(position - this.#acked, performance.now());
    this.#acked = position;
    this.#regulate();
  }

  /** Ends the shell and all it has started, unless that has begun; resolves when nothing of it is left and its recording is complete. */
  async end(reason: EndReason): Promise<void> {
    if (this.#ending === undefined && this.exit === undefined) {
      this.#ending = reason;
      this.#regulate();
      this.#cleared = endProcesses(this.pid, this.#limits.killGrace);
    }
    await Promise.all([this.#cleared, this.#gone.promise]);
  }

  /** The recorder has died: by policy the session ends, or goes on and its user is told. */
  recorderFailed(policy: 'refuse' | 'continue'): void {
    this.#recorder = undefined;
    this.recording = 'off';
    this.viewer?.notice({ code: 'recorder-failed', message: 'This session is no longer recorded.' });
    if (policy === 'refuse') void this.end('recorder-failed');
  }

  /** Timeouts, asked from outside once in a while. */
  tick(now: number): void {
    if (this.exit !== undefined) return;
    const { absolute, idle, detached } = this.#limits;
    if (now - this.openedAt >= absolute) void this.end('absolute');
    else if (now - this.#activeAt >= idle) void this.end('idle');
    else if (this.viewer === undefined && now - this.#detachedAt >= detached) void this.end('detached');
    else this.#regulate();
  }

  /** Bytes that may be unacknowledged. What nobody looks at fills the ring. */
  #window(): number {
    return this.viewer === undefined || this.#ending !== undefined ? this.ring.size : this.#pace.window;
  }

  /** Bytes that may be stored now without breaking a promise. */
  #room(): number {
    const { ring } = this;
    const promised = this.#window() - (ring.end - this.#acked);
    if (this.#ending !== undefined || this.viewer !== undefined || this.#held()) return Math.max(0, promised);
    return Math.max(0, this.#limits.detachedOutput - (ring.end - this.#detachedFrom));
  }

  #store(bytes: Buffer): void {
    const room = this.#room();
    const fits = bytes.length <= room;
    const stored = fits ? bytes : bytes.subarray(0, room);
    const lost = this.ring.start;
    if (stored.length > 0) this.ring.write(stored);
    this.#countLost(lost);
    // A session that is being ended keeps no more than fits: its stream stops there, without a hole.
    this.#pending = fits || this.#ending !== undefined ? undefined : Buffer.from(bytes.subarray(room));
    if (room - stored.length <= this.#window() / 8) this.#full();
    this.viewer?.wake();
  }

  #countLost(before: number): void {
    const unseen = Math.max(before, this.#acked);
    if (this.ring.start <= unseen) return;
    this.#events.lost(this.ring.start - unseen);
    this.#acked = this.ring.start;
  }

  #full(): void {
    if (this.#paused || this.#ending !== undefined) return;
    this.#setPaused(true);
    if (this.viewer !== undefined || this.#held() || this.#limits.detachedPolicy === 'pause') return;
    void this.end('output-limit');
  }

  #held(): boolean {
    return performance.now() - this.#detachedAt < this.#limits.detachedHold;
  }

  #regulate(): void {
    if (this.exit !== undefined && this.#pending === undefined) return;
    if (this.#pending !== undefined) {
      if (this.#room() === 0 && this.#ending === undefined) return;
      const waiting = this.#pending;
      this.#pending = undefined;
      this.#store(waiting);
      if (this.#pending !== undefined) return;
    }
    if (this.#paused && (this.#ending !== undefined || this.#room() >= this.#window() / 2)) this.#setPaused(false);
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#events.paused(paused ? 1 : -1);
    if (this.exit !== undefined) return;
    if (paused) this.#pty.pause();
    else this.#pty.resume();
  }
}
