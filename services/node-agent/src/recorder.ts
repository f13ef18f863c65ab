/**
 * Records a session as asciicast: version 2 (absolute times, https://docs.asciinema.org/manual/asciicast/v2/) or 3 (intervals, …/v3/).
 * Input is recorded only when asked for: people type passwords. What cannot be recorded is reported once and the recorder is dead afterwards.
 */
import { constants, createWriteStream, openSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

export interface RecordingPolicy {
  /** Folder of the recordings; the files are readable by their owner only. */
  readonly folder: string;
  readonly version: 2 | 3;
  readonly input: boolean;
  /** What happens when nothing can be recorded: the session ends (or is not opened), or goes on and the user is told. */
  readonly onFailure: 'refuse' | 'continue';
  /** Bytes after which a recording counts as failed. */
  readonly maxBytes: number;
}

export interface Recorder {
  output(bytes: Buffer): void;
  input(bytes: Buffer): void;
  resize(cols: number, rows: number): void;
  /** Writes the end; resolves when the file is closed. */
  close(code: number): Promise<void>;
}

/** Bytes that may wait for the disk. */
const BACKLOG = 4 * 1024 * 1024;

/** Throws when the file cannot be made; later failures are told to `failed`, once. */
export function startRecorder(
  policy: RecordingPolicy,
  session: string,
  { cols, rows }: { cols: number; rows: number },
  failed: (cause: Error) => void,
): Recorder {
  const timestamp = Date.now();
  // Of the events, by the clock that is never set: in a recording time does not go back.
  const started = performance.now();
  const name = `${session.replaceAll(/[^A-Za-z0-9_-]/g, '_')}-${timestamp}.cast`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const stream = createWriteStream('', {
    fd: openSync(join(policy.folder, name), flags, 0o600),
    highWaterMark: 65_536,
  });
  // A character may be split between two reads; the format is text.
  const decoders = { o: new StringDecoder('utf8'), i: new StringDecoder('utf8') };
  let written = 0;
  let last = 0;
  let dead = false;

  function fail(cause: Error): void {
    if (dead) return;
    dead = true;
    stream.destroy();
    failed(cause);
  }
  stream.on('error', fail);

  function line(value: object): void {
    if (dead) return;
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    written += bytes.length;
    if (written > policy.maxBytes) fail(new Error(`the recording has reached its limit of ${policy.maxBytes} bytes`));
    else if (stream.writableLength > BACKLOG) fail(new Error('the disk does not keep up with the recording'));
    else stream.write(bytes);
  }

  function event(code: string, data: string): void {
    if (data === '') return;
    const now = Math.round(performance.now() - started);
    line([(policy.version === 3 ? now - last : now) / 1000, code, data]);
    last = now;
  }

  const began = { timestamp: Math.floor(timestamp / 1000) };
  line(
    policy.version === 3
      ? { version: 3, term: { cols, rows, type: 'xterm-256color' }, ...began }
      : { version: 2, width: cols, height: rows, ...began, env: { TERM: 'xterm-256color' } },
  );
  return {
    output: (bytes) => event('o', decoders.o.write(bytes)),
    input(bytes) {
      if (policy.input) event('i', decoders.i.write(bytes));
    },
    resize: (c, r) => event('r', `${c}x${r}`),
    close(code) {
      event('o', decoders.o.end());
      if (policy.version === 3) event('x', String(code));
      return new Promise((done) => (dead ? done() : stream.end(done)));
    },
  };
}
