import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { link, lstat, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Signer } from '../model/evidence.ts';
import { errorCode, isMissing } from './file-ops.ts';
import { signingWith } from './signing.ts';

const MAX_KEY_BYTES = 16 * 1024;
/** Any permission of group or others. */
const SHARED = 0o077;

/**
 * The signer of a key file, `NAME.key` (PKCS #8, PEM, 0600) in a folder outside the repository; made at first use, with
 * `NAME.pub` (SPKI, PEM) beside it. Throws `key-invalid` for a key that others may read, of another owner, behind a link,
 * or of another kind than Ed25519.
 */
export async function fileSigner(folder: string, name: string): Promise<Signer> {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name))
    throw new LaunchgateError('usage', `${JSON.stringify(name)} cannot name a key`, {
      next: 'Use letters, digits, dots, dashes and underscores.',
    });
  await makeFolder(folder);
  const path = join(folder, `${name}.key`);
  const pem = (await readPrivate(path)) ?? (await generate(path, join(folder, `${name}.pub`)));
  return signerOf(parsePrivate(pem, path));
}

/** A signer over a key in memory. */
export function signerOf(privateKey: KeyObject): Signer {
  const publicKey = rawKey(createPublicKey(privateKey));
  return { keyId: sha256(publicKey), publicKey, sign: signingWith(privateKey) };
}

/** The raw 32 bytes of an Ed25519 public key in PEM (SPKI) or OpenSSH form. Throws `key-invalid`, naming `where`. */
export function parsePublicKey(text: string, where: string): Uint8Array {
  const ssh = /^ssh-ed25519 ([A-Za-z0-9+/]+={0,2})(?: |\r?\n|$)/.exec(text);
  if (ssh?.[1] !== undefined) return parseSshKey(Buffer.from(ssh[1], 'base64'), where);
  try {
    const key = createPublicKey({ key: text, format: 'pem' });
    if (key.asymmetricKeyType === 'ed25519' && !text.includes('PRIVATE')) return rawKey(key);
  } catch {
    // Said below, for every reason alike.
  }
  throw invalid(where, 'expected an Ed25519 public key, PEM or ssh-ed25519', 'Offer the .pub file of the key.');
}

/** As `parsePublicKey`, from a file. Throws `key-invalid` where there is none. */
export function readPublicKey(path: string): Uint8Array {
  try {
    return parsePublicKey(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof LaunchgateError) throw error;
    throw invalid(path, `it cannot be read: ${errorCode(error)}`, 'Name the .pub file of the key.');
  }
}

/** The key in an SSH key blob: `string "ssh-ed25519", string key`. RFC 8709 §4. */
export function parseSshKey(blob: Uint8Array, where: string): Uint8Array {
  const prefix = Buffer.from('0000000b7373682d6564323535313900000020', 'hex');
  if (blob.length !== prefix.length + 32 || Buffer.compare(blob.subarray(0, prefix.length), prefix) !== 0)
    throw invalid(where, 'its body is not an ssh-ed25519 key', 'Offer the .pub file of the key.');
  return blob.subarray(prefix.length);
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory()) throw invalid(folder, 'it is not a plain folder', 'Put a folder of your own in its place.');
  if ((found.mode & SHARED) !== 0 && process.platform !== 'win32')
    throw invalid(folder, 'others may look into it', `Run: chmod 700 ${folder}`);
}

async function readPrivate(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      if (isMissing(error)) return undefined;
      throw invalid(
        path,
        errorCode(error) === 'ELOOP' ? 'it is a link' : String(error),
        'Put the key file itself there.',
      );
    },
  );
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > MAX_KEY_BYTES)
      throw invalid(path, 'it is no key file', 'Put the key file there.');
    if (process.platform !== 'win32') requirePrivate(path, found);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function requirePrivate(path: string, { mode, uid }: { mode: number; uid: number }): void {
  if ((mode & SHARED) !== 0)
    throw invalid(
      path,
      `others may use it (mode ${(mode & 0o777).toString(8)})`,
      `Run: chmod 600 ${path}; and consider the key known.`,
    );
  const self = process.getuid?.();
  if (self !== undefined && uid !== self)
    throw invalid(path, `it belongs to user ${uid}`, 'Use a key file of your own.');
}

/** Makes a key pair. Where another process made one of that name meanwhile, theirs is taken. */
async function generate(path: string, publicPath: string): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  if (!(await writeNew(path, pem, 0o600))) return (await readPrivate(path)) ?? pem;
  await writeNew(publicPath, publicKey.export({ format: 'pem', type: 'spki' }).toString(), 0o644);
  return pem;
}

/** Writes a file that must not exist, whole and durable; false where it exists. */
async function writeNew(path: string, text: string, mode: number): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

function parsePrivate(pem: string, path: string): KeyObject {
  try {
    const key = createPrivateKey({ key: pem, format: 'pem' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The parser's own words could quote the key.
  }
  throw invalid(
    path,
    'expected an Ed25519 private key, PKCS #8, PEM, without a passphrase',
    'Restore the key from a copy.',
  );
}

function rawKey(key: KeyObject): Uint8Array {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function invalid(path: string, what: string, next: string): LaunchgateError {
  return new LaunchgateError('key-invalid', `${path}: ${what}`, { next });
}
