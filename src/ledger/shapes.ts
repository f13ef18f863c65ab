/**
 * The shapes of statements and envelopes, checked by hand: every entry of a log passes here several times in its life. The
 * same shapes stand as schemas in the tests, and must give the same answer for any input.
 */
import type { Envelope, Statement } from '../model/evidence.ts';

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Bounds of a statement. Its subjects' digests all go into the leaf, which must fit an entry of the log. */
const MAX_SUBJECTS = 128;
const MAX_DIGESTS = 256;
const MAX_SIGNATURES = 32;
const MAX_KEYID = 512;
const MAX_PAYLOAD_TYPE = 256;

const ALGORITHM = /^[A-Za-z0-9_.-]{1,32}$/;
const DIGEST_VALUE = /^[\w+/=:.-]{1,128}$/;
const HEX = /^[0-9a-f]+$/;
const PREDICATE_TYPE = /^[!-~]{1,512}$/;

type Subject = Statement['subject'][number];
type Signature = Envelope['signatures'][number];

/** An in-toto Statement v1 within the ledger's bounds, without members that nobody reads. */
export function checkStatement(value: unknown): Checked<Statement> {
  if (!isObject(value)) return wrong('statement', 'expected an object');
  const { _type, subject, predicateType, predicate } = value;
  if (_type !== 'https://in-toto.io/Statement/v1') return wrong('_type', 'expected https://in-toto.io/Statement/v1');
  if (!isList(subject, MAX_SUBJECTS)) return wrong('subject', `expected 1 to ${MAX_SUBJECTS} subjects`);
  const subjects: Subject[] = [];
  for (const [at, one] of subject.entries()) {
    const checked = checkSubject(one, `subject.${at}`);
    if (!checked.ok) return checked;
    subjects.push(checked.value);
  }
  if (typeof predicateType !== 'string' || !PREDICATE_TYPE.test(predicateType))
    return wrong('predicateType', 'expected a URI of at most 512 printable characters');
  if (!('predicate' in value)) return wrong('predicate', 'it is missing');
  const statement: Statement = { _type, subject: subjects, predicateType, predicate };
  if (subjectDigests(statement).length > MAX_DIGESTS) return wrong('subject', `more than ${MAX_DIGESTS} digests`);
  return { ok: true, value: statement };
}

function checkSubject(value: unknown, path: string): Checked<Subject> {
  if (!isObject(value)) return wrong(path, 'expected an object');
  const { name, uri, digest } = value;
  if (name !== undefined && typeof name !== 'string') return wrong(`${path}.name`, 'expected text');
  if (uri !== undefined && typeof uri !== 'string') return wrong(`${path}.uri`, 'expected text');
  const set = checkDigestSet(digest, `${path}.digest`);
  if (!set.ok) return set;
  const subject = {
    ...(name === undefined ? {} : { name }),
    ...(uri === undefined ? {} : { uri }),
    digest: set.value,
  };
  return { ok: true, value: subject };
}

function checkDigestSet(value: unknown, path: string): Checked<Record<string, string>> {
  if (!isObject(value)) return wrong(path, 'expected an object');
  const set: Record<string, string> = {};
  let count = 0;
  for (const algorithm of Object.keys(value)) {
    // Set on an object, it would change what the object is.
    if (algorithm === '__proto__') continue;
    const digest = value[algorithm];
    if (!isDigest(algorithm, digest))
      return wrong(`${path}.${algorithm}`, `expected ${algorithm === 'sha256' ? '64 hex digits' : 'a digest'}`);
    set[algorithm] = digest;
    count += 1;
  }
  return count > 0 ? { ok: true, value: set } : wrong(path, 'expected at least one digest');
}

function isDigest(algorithm: string, value: unknown): value is string {
  if (typeof value !== 'string') return false;
  return algorithm === 'sha256'
    ? value.length === 64 && HEX.test(value)
    : ALGORITHM.test(algorithm) && DIGEST_VALUE.test(value);
}

/** A DSSE envelope, without members that nobody reads; that its base64 is base64 is for those to say who decode it. */
export function checkEnvelope(value: unknown): Checked<Envelope> {
  if (!isObject(value)) return wrong('envelope', 'expected an object');
  const { payload, payloadType, signatures } = value;
  if (typeof payload !== 'string') return wrong('payload', 'expected base64');
  if (!isText(payloadType, MAX_PAYLOAD_TYPE) || payloadType === '')
    return wrong('payloadType', `expected 1 to ${MAX_PAYLOAD_TYPE} characters`);
  if (!isList(signatures, MAX_SIGNATURES)) return wrong('signatures', `expected 1 to ${MAX_SIGNATURES} signatures`);
  const checked: Signature[] = [];
  for (const [at, one] of signatures.entries()) {
    if (!isObject(one)) return wrong(`signatures.${at}`, 'expected an object');
    const { keyid, sig } = one;
    if (keyid !== undefined && !isText(keyid, MAX_KEYID))
      return wrong(`signatures.${at}.keyid`, `expected at most ${MAX_KEYID} characters`);
    if (typeof sig !== 'string') return wrong(`signatures.${at}.sig`, 'expected base64');
    checked.push(keyid === undefined ? { sig } : { keyid, sig });
  }
  return { ok: true, value: { payload, payloadType, signatures: checked } };
}

/** All digests of all subjects as `algorithm:value`, sorted, each once. */
export function subjectDigests(statement: Pick<Statement, 'subject'>): string[] {
  const digests: string[] = [];
  for (const { digest } of statement.subject) for (const name in digest) digests.push(`${name}:${digest[name]}`);
  return digests.length > 1 ? [...new Set(digests)].sort() : digests;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown, most: number): value is unknown[] {
  return Array.isArray(value) && value.length >= 1 && value.length <= most;
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

function wrong(path: string, what: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason: `${path}: ${what}` };
}
