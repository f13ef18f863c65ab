/** Where a secret comes from: the file that `X_FILE` names, watched, or the variable `X`, which never changes. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { watchFiles, type WatchOptions } from '../shared/watch.ts';
import { guarded, Secret, SecretError } from './secret.ts';

export interface SecretOptions extends WatchOptions {
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default 64 KiB. */
  readonly maxBytes?: number;
  /** A file that others than owner and group may read, and a variable beside the file that wins. Each is said once. */
  readonly onWarning?: (message: string) => void;
  /** A read that found nothing usable, or a consumer that refused the new value (see `rotatingPool` and its like). */
  readonly onAlarm?: (error: SecretError) => void;
}

export interface SecretSource {
  readonly name: string;
  readonly current: Secret;
  /** Counts up from 1 with each new value. */
  readonly version: number;
  /** For metrics. Times are milliseconds since the epoch. */
  readonly status: { readonly version: number; readonly changedAt: number; readonly failing: string | undefined };
  /** Called with each new value. Returns the end of it. */
  subscribe(listener: (secret: Secret) => void): () => void;
  /** Reads now; false if the old value had to stay. */
  reload(): Promise<boolean>;
  close(): void;
}

/** Rejects with `SecretError` if neither `X_FILE` nor `X` gives a value, or the value is empty or too long. */
export async function openSecret(name: string, options: SecretOptions = {}): Promise<SecretSource> {
  const { env = process.env, maxBytes = 65_536 } = options;
  const onWarning = once(options.onWarning ?? (() => undefined));
  const path = env[`${name}_FILE`];
  const inline = env[name];
  if (path !== undefined && inline !== undefined) onWarning(`${name} and ${name}_FILE are both set; the file is used`);
  const read =
    path === undefined
      ? () => Promise.resolve(checked(name, inline, maxBytes))
      : () => readSecret(name, path, maxBytes, onWarning);
  const listeners = new Set<(secret: Secret) => void>();
  let current = new Secret(name, await read());
  let version = 1;
  let changedAt = Date.now();
  let failing: string | undefined;

  async function reload(): Promise<boolean> {
    try {
      const value = await read();
      failing = undefined;
      if (current.equals(value)) return true;
      current = new Secret(name, value);
      version++;
      changedAt = Date.now();
      for (const listener of listeners) guarded(() => listener(current));
      return true;
    } catch (error) {
      const wrong = error instanceof SecretError ? error : new SecretError(`${name} cannot be read`);
      if (failing !== wrong.message) guarded(() => options.onAlarm?.(wrong));
      failing = wrong.message;
      return false;
    }
  }
  const stop = path === undefined ? () => undefined : watchFiles([path], reload, options);
  return {
    name,
    get current() {
      return current;
    },
    get version() {
      return version;
    },
    get status() {
      return { version, changedAt, failing };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    reload,
    close: () => (stop(), listeners.clear()),
  };
}

/** A file is read again and again, and is as it was. */
function once(warn: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (said.has(message)) return;
    said.add(message);
    warn(message);
  };
}

/** Through one descriptor, so that size, mode and content are of the same file. */
async function readSecret(
  name: string,
  path: string,
  maxBytes: number,
  warn: (message: string) => void,
): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: NodeJS.ErrnoException) => {
    throw new SecretError(`${name}_FILE: ${path} cannot be opened (${cause.code ?? 'unknown reason'})`);
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new SecretError(`${name}_FILE: ${path} is no file`);
    if (stat.size > maxBytes + 2)
      throw new SecretError(`${name}_FILE: ${path} has ${stat.size} bytes; at most ${maxBytes} are taken`);
    if ((stat.mode & 0o007) !== 0)
      warn(
        `${name}_FILE: ${path} is open to everybody (mode ${(stat.mode & 0o777).toString(8)}); 0440 or 0400 is enough`,
      );
    const buffer = Buffer.alloc(maxBytes + 3);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return checked(name, decoded(name, buffer.subarray(0, bytesRead)), maxBytes);
  } finally {
    await file.close();
  }
}

/** Bytes that are no text would all become the same character: another secret, and the same one after a rotation. */
function decoded(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SecretError(`${name} is no text in UTF-8; encode it, as base64 say`);
  }
}

/** One newline at the end is the editor's, not the secret's. */
function checked(name: string, text: string | undefined, maxBytes: number): string {
  if (text === undefined) throw new SecretError(`${name} is missing; set ${name}_FILE to a file, or ${name}`);
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new SecretError(`${name} is empty`);
  if (Buffer.byteLength(value) > maxBytes) throw new SecretError(`${name} is longer than ${maxBytes} bytes`);
  if (value.includes('\0')) throw new SecretError(`${name} holds a zero byte`);
  return value;
}
