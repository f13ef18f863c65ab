import { sha256, type Digest } from '../model/digest.ts';
import type { Envelope } from '../model/evidence.ts';
import { storable, type Claim } from './envelope.ts';

/**
 * What the log commits to for one envelope. Stored as JSON without white space, members in this order after `v: 1`, so that
 * the bytes of a leaf follow from its values and `envelope` always stands at the same place.
 */
export interface Leaf extends Claim {
  readonly envelope: Digest;
  /** The sequencer's time, RFC 3339, UTC, milliseconds; never earlier than that of the leaf before. */
  readonly time: string;
}

const PREFIX = '{"v":1,"envelope":"';
const DIGEST_LENGTH = 'sha256:'.length + 64;
const TIME_LENGTH = '2025-01-01T00:00:00.000Z'.length;

/** An envelope on its way into the log: the bytes of its file, and its leaf less the time. */
export interface PreparedEnvelope {
  readonly bytes: Uint8Array;
  readonly leaf: Omit<Leaf, 'time'>;
}

/** Makes the file and the leaf of an envelope. Throws `evidence-invalid` where the envelope holds no statement. */
export function prepareEnvelope(envelope: Envelope, where: string): PreparedEnvelope {
  const { bytes, claim } = storable(envelope, where);
  return { bytes, leaf: { envelope: sha256(bytes), ...claim } };
}

/** RFC 3339, UTC, with milliseconds, and a day that exists. */
export function isLeafTime(time: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time) && !Number.isNaN(Date.parse(time));
}

export function encodeLeaf({ envelope, pae, predicateType, subjects, time }: Leaf): Uint8Array {
  return Buffer.from(JSON.stringify({ v: 1, envelope, pae, predicateType, subjects, time }), 'utf8');
}

/** Reads a leaf; `undefined` for bytes that `encodeLeaf` would not have written. */
export function decodeLeaf(bytes: Uint8Array): Leaf | undefined {
  const leaf = parseLeaf(bytes);
  return leaf !== undefined && Buffer.compare(encodeLeaf(leaf), bytes) === 0 ? leaf : undefined;
}

/** The members of a leaf; which others there are, in which order and with what between them, its encoding shows. */
function parseLeaf(bytes: Uint8Array): Leaf | undefined {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    const { envelope, pae, predicateType, subjects, time } = JSON.parse(text) as Record<string, unknown>;
    if (!isDigest(envelope) || !isDigest(pae) || typeof predicateType !== 'string') return undefined;
    if (!Array.isArray(subjects) || !subjects.every((subject) => typeof subject === 'string')) return undefined;
    if (typeof time !== 'string' || !isLeafTime(time)) return undefined;
    return { envelope, pae, predicateType, subjects, time };
  } catch {
    return undefined;
  }
}

/** `sha256:` and 64 hex digits. */
export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && value.length === DIGEST_LENGTH && /^sha256:[0-9a-f]+$/.test(value);
}

/** The time of a leaf alone, which ends it. What is not a leaf gives some other text. */
export function leafTime(bytes: Uint8Array): string {
  return latin1(bytes, bytes.length - TIME_LENGTH - 2, bytes.length - 2);
}

/** The envelope's digest alone, without reading the rest of the leaf. */
export function leafEnvelope(bytes: Uint8Array): Digest {
  return latin1(bytes, PREFIX.length, PREFIX.length + DIGEST_LENGTH) as Digest;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'latin1',
    Math.max(from, 0),
    Math.max(to, 0),
  );
}
