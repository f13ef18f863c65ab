/**
 * Backups at rest: AES-256-GCM, so that a changed byte is an error and not other data. A file is the magic, a nonce of 12 bytes, the ciphertext, and the
 * tag of 16 bytes. One nonce serves at most 64 GiB (NIST SP 800-38D, 5.2.1.1); the key is derived anew for each file.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { createReadStream, openSync, readSync, closeSync, statSync } from 'node:fs';
import { Readable, Transform, type Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { LaunchgateError } from '../../model/errors.ts';
import { nowhere } from './nowhere.ts';

const MAGIC = Buffer.from('LGSEAL1\n');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = MAGIC.length + NONCE_BYTES;

/** What is written into it comes out sealed. */
export function sealing(secret: string): Transform {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyFor(secret, nonce), nonce);
  let begun = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!begun) this.push(Buffer.concat([MAGIC, nonce]));
      begun = true;
      done(null, cipher.update(chunk));
    },
    flush(done) {
      if (!begun) this.push(Buffer.concat([MAGIC, nonce]));
      this.push(cipher.final());
      done(null, cipher.getAuthTag());
    },
  });
}

/** Writes the plain text of a sealed file into `to`. Rejects when any byte was changed; what was written until then is not to be believed. */
export async function unseal(path: string, secret: string, to: Writable): Promise<void> {
  try {
    const { size } = statSync(path);
    const { nonce, tag } = ends(path, size);
    const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, nonce), nonce).setAuthTag(tag);
    await pipeline(bodyOf(path, size), decipher, to);
  } catch (cause) {
    to.destroy();
    await finished(to).catch(() => undefined);
    if (!(cause instanceof Error && /authenticate/.test(cause.message))) throw cause;
    throw new LaunchgateError('input-hostile', `${path} is not as it was written, or was sealed with another key`, {
      next: 'Restore from another backup, and find out who changed this one.',
      cause,
    });
  }
}

/** Reads it to its end. Rejects as {@link unseal} does when any byte was changed. */
export function verifySeal(path: string, secret: string): Promise<void> {
  return unseal(path, secret, nowhere());
}

function bodyOf(path: string, size: number): Readable {
  const end = size - TAG_BYTES - 1;
  return end < HEAD_BYTES ? Readable.from([]) : createReadStream(path, { start: HEAD_BYTES, end });
}

export function isSealed(path: string): boolean {
  const head = Buffer.alloc(MAGIC.length);
  const file = openSync(path, 'r');
  try {
    return readSync(file, head) === MAGIC.length && head.equals(MAGIC);
  } finally {
    closeSync(file);
  }
}

function ends(path: string, size: number): { nonce: Buffer; tag: Buffer } {
  if (size < HEAD_BYTES + TAG_BYTES || !isSealed(path))
    throw new LaunchgateError('input-unreadable', `${path} is not a sealed backup, or was cut off`, {
      next: 'Restore from another backup.',
    });
  const nonce = Buffer.alloc(NONCE_BYTES);
  const tag = Buffer.alloc(TAG_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, nonce, { position: MAGIC.length });
    readSync(file, tag, { position: size - TAG_BYTES });
  } finally {
    closeSync(file);
  }
  return { nonce, tag };
}

function keyFor(secret: string, nonce: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, nonce, 'launchgate backup', 32));
}
