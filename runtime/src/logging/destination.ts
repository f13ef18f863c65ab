/**
 * Where lines go: a file descriptor, written asynchronously in batches, so that a reader that stalls costs memory up to a bound and then
 * lines, never a request. (Lines are put into the batch's buffer soon, some at a time: as strings they would live until the batch is written,
 * and be carried along by every collection of garbage until then; one at a time, each would pay for the way into the buffer.)
 */
import { fstatSync, write as writeAsync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { DestinationStream } from 'pino';

/** Bytes that are gathered before a write, and how long at most. */
const BATCH = 131_072;
const BATCH_MS = 100;
/** Bytes of a batch's buffer: one that is due goes on being filled while the one before it is written. */
const BUFFER = BATCH * 2;
/** Characters that are put into the buffer at once. */
const PIECE = 4096;
/** Bytes that one character of a string takes at most in UTF-8. */
const MOST_BYTES = 3;
/** Bytes that wait for a reader beyond the batch that is filled; lines that come then are dropped. */
const WAITING = 8 * 1024 * 1024;
/** Until a reader that took nothing is tried again: first and at most, twice as long each time. */
const RETRY_MS = { first: 1, most: 32 } as const;
/** What the last lines of a process wait for a reader that takes nothing. */
const LAST_MS = 250;

export interface Destination extends DestinationStream {
  /** Calls back when all that was written before is out. */
  flush?(done?: (error?: Error) => void): void;
  /** Writes at once what waits: for the last lines of a process. */
  flushSync?(): void;
}

export function descriptor(fd: number): Destination {
  const lines = createBatches();
  let timer: NodeJS.Timeout | undefined;
  let writing = false;
  let flushed: (() => void)[] = [];
  const attempt = neverBlocks(fd) ? writeDirectly : writeByThread;
  /** The batch that is being written, while it waits for its reader. */
  let waiting: { readonly batch: Buffer; readonly from: number; readonly retry: NodeJS.Timeout } | undefined;

  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (writing) return;
    const batch = lines.take();
    if (batch === undefined) return settle();
    writing = true;
    put(batch, 0);
  };
  const put = (batch: Buffer, from: number, wait: number = RETRY_MS.first): void => {
    attempt(fd, batch.subarray(from), (error, written) => {
      if (error !== null && isBusy(error)) {
        const retry = setTimeout(put, wait, batch, from, Math.min(RETRY_MS.most, wait * 2)).unref();
        return void (waiting = { batch, from, retry });
      }
      waiting = undefined;
      // A descriptor that is gone takes no more lines, and its errors have nobody to go to.
      if (error === null && from + written < batch.length) return put(batch, from + written);
      writing = false;
      lines.giveBack(batch);
      if (lines.due || flushed.length > 0) send();
      else if (!lines.empty) later();
    });
  };
  const later = (): void => {
    timer ??= setTimeout(send, BATCH_MS).unref();
  };
  const settle = (): void => {
    const all = flushed;
    flushed = [];
    for (const done of all) done();
  };
  const flushSync = (): void => {
    clearTimeout(waiting?.retry);
    let { batch, from } = waiting ?? { batch: lines.take(), from: 0 };
    if (waiting !== undefined) writing = false;
    waiting = undefined;
    for (; batch !== undefined; [batch, from] = [lines.take(), 0]) {
      const done = putSync(fd, batch, from);
      if (done < batch.length) return ((writing = true), put(batch, done));
      lines.giveBack(batch);
    }
  };
  process.once('exit', flushSync);
  return {
    write(line) {
      lines.add(line);
      if (lines.due && !writing) send();
      else later();
    },
    flush(done) {
      flushed.push(() => done?.());
      send();
    },
    flushSync,
  };
}

type Written = (error: NodeJS.ErrnoException | null, bytes: number) => void;

/**
 * Whether a write returns at once, whatever the reader does. Pipes and sockets block by default, and a thread that hangs in a write keeps the process from
 * ending: Node waits for it at the exit. Node's own stream of a pipe sets it not to block as soon as somebody asks for it, as `console.log` does.
 */
function neverBlocks(fd: number): boolean {
  if (!isMainThread || (fd !== 1 && fd !== 2)) return false;
  try {
    const kind = fstatSync(fd);
    if (!kind.isFIFO() && !kind.isSocket()) return false;
    return (fd === 1 ? process.stdout : process.stderr).writable;
  } catch {
    return false;
  }
}

function writeDirectly(fd: number, bytes: Buffer, done: Written): void {
  let written = 0;
  try {
    written = writeSync(fd, bytes);
  } catch (error) {
    return done(error as NodeJS.ErrnoException, 0);
  }
  done(null, written);
}

/** A disk makes its writers wait. */
function writeByThread(fd: number, bytes: Buffer, done: Written): void {
  writeAsync(fd, bytes, 0, bytes.length, null, done);
}

interface Batches {
  readonly empty: boolean;
  /** There is enough for a write. */
  readonly due: boolean;
  /** Drops the line where too much waits. The first line of JSON that is kept after that tells how many were. */
  add(line: string): void;
  /** The oldest that waits. */
  take(): Buffer | undefined;
  /** It was written, and its memory may be used again: making a new buffer costs more than filling it. */
  giveBack(batch: Buffer): void;
}

function createBatches(): Batches {
  const full: Buffer[] = [];
  let waiting = 0;
  let filling: Buffer | undefined;
  let filled = 0;
  let text = '';
  let dropped = 0;
  let spare: Buffer | undefined;

  const encode = (): void => {
    const most = text.length * MOST_BYTES;
    if (filling === undefined || filled + most > filling.length) filling = open(most);
    filled += filling.write(text, filled);
    text = '';
  };
  /** Puts the batch that is filled behind those that wait. */
  const close = (): void => {
    if (filling === undefined || filled === 0) return;
    full.push(filling.subarray(0, filled));
    waiting += filled;
    [filling, filled] = [undefined, 0];
  };
  const open = (bytes: number): Buffer => {
    close();
    const buffer = bytes > BUFFER ? Buffer.allocUnsafeSlow(bytes) : (spare ?? Buffer.allocUnsafeSlow(BUFFER));
    if (buffer === spare) spare = undefined;
    return buffer;
  };
  return {
    get empty() {
      return text === '' && filled === 0 && full.length === 0;
    },
    get due() {
      return filled >= BATCH || full.length > 0;
    },
    add(line) {
      if (waiting > WAITING) return void (dropped += 1);
      if (dropped === 0 || !line.startsWith('{"')) text += line;
      else {
        text += `{"lines_dropped":${dropped},${line.slice(1)}`;
        dropped = 0;
      }
      if (text.length >= PIECE) encode();
    },
    take() {
      if (full.length === 0) {
        if (text !== '') encode();
        close();
      }
      const batch = full.shift();
      waiting -= batch?.length ?? 0;
      return batch;
    },
    giveBack({ buffer }) {
      if (buffer.byteLength === BUFFER) spare = Buffer.from(buffer);
    },
  };
}

function isBusy({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EAGAIN' || code === 'EBUSY' || code === 'EINTR';
}

const CLOCK = /* @__PURE__ */ new Int32Array(/* @__PURE__ */ new SharedArrayBuffer(4));

/** Up to where it was written: not to the end where the reader took nothing for a while, for a process must be able to end. */
function putSync(fd: number, bytes: Buffer, start: number): number {
  let from = start;
  for (let tries = 0; from < bytes.length && tries < LAST_MS; tries += 1) {
    try {
      from += writeSync(fd, bytes, from);
      tries = 0;
    } catch (error) {
      if (!isBusy(error as NodeJS.ErrnoException)) return bytes.length;
      Atomics.wait(CLOCK, 0, 0, 1);
    }
  }
  return from;
}
