/**
 * Where lines go: a file descriptor, written asynchronously in batches, so that a reader that stalls costs memory up to a bound and then
 * lines, never a request.
 */
import pino, { type DestinationStream } from 'pino';

/** Bytes that are gathered before a write, and how long at most. */
const BATCH_BYTES = 12_288;
const BATCH_MS = 100;
/** Bytes that wait for a reader; lines beyond are dropped. */
const WAITING_BYTES = 8 * 1024 * 1024;

export interface Destination extends DestinationStream {
  flush?(done?: (error?: Error) => void): void;
  flushSync?(): void;
}

export function descriptor(fd: number): Destination {
  return pino.destination({
    fd,
    sync: false,
    minLength: BATCH_BYTES,
    periodicFlush: BATCH_MS,
    maxLength: WAITING_BYTES,
  });
}
