/**
 * Where lines go: a file descriptor, written asynchronously in batches, so that a reader that stalls costs memory up to a bound and then
 * lines, never a request. (A batch is one string until it is written: appending is what every line pays.)
 */
import { write as writeAsync, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Characters that are gathered before a write, and how long at most. */
const BATCH = 65_536;
const BATCH_MS = 100;
/** Bytes that one character of a string takes at most in UTF-8. */
const MOST_BYTES = 3;
/** Bytes of a batch with its last line. */
const BUFFER = BATCH * 4;
/** Characters that wait for a reader; lines beyond are dropped. */
const WAITING = 8 * 1024 * 1024;
const RETRY_MS = 10;

export interface Destination extends DestinationStream {
  /** Calls back when all that was written before is out. */
  flush?(done?: (error?: Error) => void): void;
  /** Writes at once what waits: for the last lines of a process. */
  flushSync?(): void;
}

export function descriptor(fd: number): Destination {
  let waiting = '';
  let buffer: Buffer | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing = false;
  let flushed: (() => void)[] = [];

  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (writing) return;
    if (waiting === '') return settle();
    writing = true;
    const bytes = encode(waiting);
    waiting = '';
    put(bytes, 0);
  };
  // One write is under way at a time, so that one buffer does: making a new one costs more than filling it.
  const encode = (text: string): Buffer => {
    if (text.length * MOST_BYTES > BUFFER) return Buffer.from(text);
    buffer ??= Buffer.allocUnsafeSlow(BUFFER);
    return buffer.subarray(0, buffer.write(text));
  };
  const put = (bytes: Buffer, from: number): void => {
    writeAsync(fd, bytes, from, bytes.length - from, null, (error, written) => {
      if (error !== null && isBusy(error)) return void setTimeout(put, RETRY_MS, bytes, from);
      // A descriptor that is gone takes no more lines, and its errors have nobody to go to.
      if (error === null && from + written < bytes.length) return put(bytes, from + written);
      writing = false;
      if (waiting.length >= BATCH || flushed.length > 0) send();
      else if (waiting !== '') later();
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
    const text = waiting;
    waiting = '';
    if (text !== '') putSync(fd, Buffer.from(text));
  };
  process.once('exit', flushSync);
  return {
    write(line) {
      if (waiting.length > WAITING) return;
      waiting += line;
      if (waiting.length >= BATCH && !writing) send();
      else later();
    },
    flush(done) {
      flushed.push(() => done?.());
      send();
    },
    flushSync,
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
