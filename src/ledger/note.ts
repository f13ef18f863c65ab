import { LaunchgateError } from '../model/errors.ts';
import { strictBase64, toBase64 } from './base64.ts';

/** Most signature lines that a reader takes; the specification asks for 16 at least. */
export const MAX_SIGNATURES = 64;
const MAX_NOTE_BYTES = 512 * 1024;
const DASH = '\u2014';

/** One signature line: who signed, a hint at which key, and what the signature algorithm made. */
export interface NoteSignature {
  readonly name: string;
  /** The four bytes of the key ID, as 8 hex digits. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Text signed by one or more keys. https://c2sp.org/signed-note */
export interface SignedNote {
  /** Ends in a newline; what is signed. */
  readonly text: string;
  /** All lines in their order, those of unknown keys and algorithms too. */
  readonly signatures: readonly NoteSignature[];
}

/** Key names are not empty and have neither white space nor `+`. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && !/[\s+]/u.test(name) && !hasControl(name);
}

export function formatNote(note: SignedNote): Uint8Array {
  const lines = note.signatures.map(
    ({ name, keyId, signature }) =>
      `${DASH} ${name} ${toBase64(Buffer.concat([Buffer.from(keyId, 'hex'), signature]))}\n`,
  );
  return Buffer.from(`${note.text}\n${lines.join('')}`, 'utf8');
}

/** Reads a signed note without judging any signature. Throws `ledger-corrupt` where the form is broken; `where` names it. */
export function parseNote(bytes: Uint8Array, where: string): SignedNote {
  const whole = decode(bytes, where);
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) throw broken(where, 'no empty line between text and signatures');
  const text = whole.slice(0, split + 1);
  const lines = whole.slice(split + 2).split('\n');
  if (lines.pop() !== '') throw broken(where, 'the last line does not end');
  if (lines.length === 0) throw broken(where, 'no signature');
  if (lines.length > MAX_SIGNATURES) throw broken(where, `more than ${MAX_SIGNATURES} signatures`);
  return { text, signatures: lines.map((line) => parseSignature(line, where)) };
}

function decode(bytes: Uint8Array, where: string): string {
  if (bytes.length > MAX_NOTE_BYTES) throw broken(where, `more than ${MAX_NOTE_BYTES} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw broken(where, 'not UTF-8');
  }
  if (hasControl(text)) throw broken(where, 'a control character');
  return text;
}

/** ASCII control characters other than the newline, which no part of a note may have. */
function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}

function parseSignature(line: string, where: string): NoteSignature {
  const [dash, name, encoded, ...rest] = line.split(' ');
  const bytes = encoded === undefined ? undefined : strictBase64(encoded);
  if (dash !== DASH || name === undefined || !isKeyName(name) || bytes === undefined || rest.length > 0)
    throw broken(where, `not a signature line: ${JSON.stringify(line.slice(0, 60))}`);
  if (bytes.length < 5) throw broken(where, 'a signature of no bytes');
  return { name, keyId: Buffer.from(bytes.subarray(0, 4)).toString('hex'), signature: bytes.subarray(4) };
}

function broken(where: string, what: string): LaunchgateError {
  return new LaunchgateError('ledger-corrupt', `${where}: not a signed note: ${what}`, {
    next: 'Restore the file from a copy, or check the ledger with: launchgate ledger fsck.',
  });
}
