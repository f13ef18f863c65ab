import { Writable } from 'node:stream';

/** Takes everything and keeps nothing: for what is read only to see whether it can be. */
export function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
