/**
 * Where lines go: a file descriptor, written asynchronously in batches, so that a reader that stalls costs memory up to a bound and then
 * lines, never a request. (Lines are put into the batch's buffer soon, some at a time: as strings they would live until the batch is written,
 * and be carried along by every collection of garbage until then; one at a time, each would pay for the way into the buffer.)
 */
import { write as writeAsync, writeSync } from 'node:fs';
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
const RETRY_MS = 10;

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

  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (writing) return;
    const batch = lines.take();
    if (batch === undefined) return settle();
    writing = true;
    put(batch, 0);
  };
  const put = (batch: Buffer, from: number): void => {
    writeAsync(fd, batch, from, batch.length - from, null, (error, written) => {
      if (error !== null && isBusy(error)) return void setTimeout(put, RETRY_MS, batch, from);
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
    for (let batch = lines.take(); batch !== undefined; batch = lines.take()) putSync(fd, batch);
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

interface Batches {
  readonly empty: boolean;
  /** There is enough for a write. */
  readonly due: boolean;
  /** Drops the line where too much waits. */
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
      if (waiting > WAITING) return;
      text += line;
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

/** A reader that does not take the last lines within some tries has lost them: a process must be able to end. */
function putSync(fd: number, bytes: Buffer): void {
  let from = 0;
  for (let tries = 0; from < bytes.length && tries < 100; tries += 1) {
    try {
      from += writeSync(fd, bytes, from);
    } catch (error) {
      if (!isBusy(error as NodeJS.ErrnoException)) return;
    }
  }
}
