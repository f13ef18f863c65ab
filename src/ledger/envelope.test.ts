import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../model/digest.ts';
import { anyBase64, strictBase64 } from './base64.ts';
import {
  decodeEnvelope,
  encodeEnvelope,
  envelopeDigest,
  MAX_ENVELOPE_BYTES,
  pae,
  signStatement,
  statementOf,
  verifyWith,
} from './envelope.ts';
import { decodeLeaf, encodeLeaf, leafEnvelope, prepareEnvelope } from './leaf.ts';
import { aSigner, aStatement } from '../../test/ledger-fixtures.ts';

const signer = aSigner();
const other = aSigner();
const statement = aStatement('one');
const envelope = await signStatement(statement, [signer, other]);

function fileWith(change: Record<string, unknown>): Uint8Array {
  return Buffer.from(JSON.stringify({ ...envelope, ...change }));
}

function payload(value: unknown): Uint8Array {
  return fileWith({
    payload: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64'),
  });
}

describe('pre-authentication encoding', () => {
  it('is that of the specification', () => {
    expect(Buffer.from(pae('http://example.com/HelloWorld', Buffer.from('hello world'))).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  it('counts bytes, not characters', () => {
    expect(Buffer.from(pae('é', Buffer.from('ü'))).toString()).toBe('DSSEv1 2 é 2 ü');
  });
});

describe('an envelope', () => {
  it('verifies with each of its signers and nobody else', () => {
    expect(verifyWith(envelope, signer.publicKey)).toBe(true);
    expect(verifyWith(envelope, other.publicKey)).toBe(true);
    expect(verifyWith(envelope, aSigner().publicKey)).toBe(false);
    expect(verifyWith(envelope, new Uint8Array(31))).toBe(false);
  });

  it('is judged by its signature whatever its keyid says', () => {
    const [first] = envelope.signatures;
    const sig = first?.sig ?? '';
    expect(verifyWith({ ...envelope, signatures: [{ keyid: other.keyId, sig }] }, signer.publicKey)).toBe(true);
    expect(verifyWith({ ...envelope, signatures: [{ keyid: other.keyId, sig }] }, other.publicKey)).toBe(false);
    expect(verifyWith({ ...envelope, signatures: [{ sig }] }, signer.publicKey)).toBe(true);
  });

  it('does not verify under another payload or payload type', () => {
    expect(verifyWith({ ...envelope, payloadType: 'text/plain' }, signer.publicKey)).toBe(false);
    expect(verifyWith({ ...envelope, payload: Buffer.from('{}').toString('base64') }, signer.publicKey)).toBe(false);
  });

  it('has one stored form, whichever base64 it came in', () => {
    const urlSafe = {
      ...envelope,
      payload: envelope.payload.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
      signatures: envelope.signatures.map(({ keyid, sig }) => ({
        sig: sig.replaceAll('+', '-').replaceAll('/', '_'),
        keyid: keyid ?? '',
      })),
    };
    const read = decodeEnvelope(Buffer.from(JSON.stringify(urlSafe, null, 2)), 'file');
    expect(verifyWith(read, signer.publicKey)).toBe(true);
    expect(envelopeDigest(read)).toBe(envelopeDigest(envelope));
    expect(Buffer.from(encodeEnvelope(read)).toString()).toBe(
      canonicalJson(JSON.parse(Buffer.from(encodeEnvelope(envelope)).toString())),
    );
  });

  it('makes the same file and leaf whether it was just signed or read from a file', () => {
    const read = decodeEnvelope(encodeEnvelope(envelope), 'file');
    expect(prepareEnvelope(envelope, 'x')).toEqual(prepareEnvelope(read, 'x'));
    expect(prepareEnvelope({ ...envelope }, 'x')).toEqual(prepareEnvelope(read, 'x'));
  });

  it('cannot be changed once it is signed, so that what is known of it stays true', () => {
    expect(() => Object.assign(envelope, { payload: '' })).toThrow(TypeError);
    expect(() => Object.assign(envelope.signatures[0] ?? {}, { sig: '' })).toThrow(TypeError);
    expect(() => Array.prototype.pop.call(envelope.signatures)).toThrow(TypeError);
  });

  it('gives back its statement', () => {
    expect(statementOf(decodeEnvelope(encodeEnvelope(envelope), 'file'), 'file')).toEqual(statement);
  });

  it.each([
    ['no JSON', Buffer.from('{')],
    ['no object', Buffer.from('[]')],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['no signatures', fileWith({ signatures: [] })],
    ['33 signatures', fileWith({ signatures: Array.from({ length: 33 }, () => ({ sig: 'AAAA' })) })],
    ['a payload that is no base64', fileWith({ payload: 'a b' })],
    ['a signature that is no text', fileWith({ signatures: [{ sig: 1 }] })],
    ['a payload that nests too deep', Buffer.from('['.repeat(100_000))],
    ['too many bytes', new Uint8Array(MAX_ENVELOPE_BYTES + 1)],
  ])('with %s is refused', (_, file) => {
    expect(() => decodeEnvelope(file, 'x.json')).toThrow('x.json: not a DSSE envelope');
  });

  it.each([
    ['no JSON', 'x'],
    ['another type', { ...statement, _type: 'https://in-toto.io/Statement/v0.1' }],
    ['no subject', { ...statement, subject: [] }],
    ['a subject without a digest', { ...statement, subject: [{ name: 'x', digest: {} }] }],
    ['a short sha256', { ...statement, subject: [{ digest: { sha256: 'abc' } }] }],
    ['a predicate type with a line break', { ...statement, predicateType: 'a\nb' }],
    ['too many subjects', { ...statement, subject: Array.from({ length: 129 }, () => statement.subject[0]) }],
    ['deep nesting', `{"predicate":${'['.repeat(65)}${']'.repeat(65)}}`],
  ])('whose statement has %s is refused', (_, value) => {
    const read = decodeEnvelope(payload(value), 'x.json');
    expect(() => statementOf(read, 'x.json')).toThrow('x.json: not an in-toto Statement');
  });

  it('with a deeply nested member that nobody reads is read without it', () => {
    const nested = `{"x":${'['.repeat(200_000)}${']'.repeat(200_000)},${Buffer.from(fileWith({})).toString().slice(1)}`;
    expect(envelopeDigest(decodeEnvelope(Buffer.from(nested), 'x.json'))).toBe(envelopeDigest(envelope));
  });

  it('of another payload type holds no statement', () => {
    expect(() => statementOf({ ...envelope, payloadType: 'text/plain' }, 'x.json')).toThrow('payloadType');
  });
});

describe('base64', () => {
  it('of either alphabet, padded or not, is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        const standard = buffer.toString('base64');
        for (const text of [standard, standard.replace(/=+$/, ''), buffer.toString('base64url')])
          expect(Buffer.from(anyBase64(text) ?? [0]).equals(buffer)).toBe(true);
        expect(Buffer.from(strictBase64(standard) ?? [0]).equals(buffer)).toBe(true);
      }),
    );
  });

  it.each(['A', 'AB=', 'A===', '====', 'AA A', 'AB=C', 'AB\n==', 'AAAA!'])('%j is refused', (text) => {
    expect(anyBase64(text)).toBeUndefined();
  });

  it('of which a padding bit is set is no strict base64', () => {
    expect(strictBase64('AB==')).toBeUndefined();
    expect(strictBase64('AA')).toBeUndefined();
  });
});

describe('a leaf', () => {
  const leaf = { ...prepareEnvelope(envelope, 'x').leaf, time: '2025-11-21T08:00:00.000Z' };

  it('commits to the envelope, what was signed, and what it is about', () => {
    expect(leaf.envelope).toBe(envelopeDigest(envelope));
    expect(leaf.predicateType).toBe(statement.predicateType);
    expect(leaf.subjects).toEqual([`sha256:${statement.subject[0]?.digest['sha256']}`]);
    expect(leafEnvelope(encodeLeaf(leaf))).toBe(leaf.envelope);
  });

  it('has the same signed-bytes digest and another envelope digest when others sign', async () => {
    const again = prepareEnvelope(await signStatement(statement, [other]), 'x').leaf;
    expect(again.pae).toBe(leaf.pae);
    expect(again.envelope).not.toBe(leaf.envelope);
  });

  it('has exactly one encoding', () => {
    const bytes = encodeLeaf(leaf);
    expect(decodeLeaf(bytes)).toEqual(leaf);
    expect(decodeLeaf(Buffer.from(Buffer.from(bytes).toString().replace(',', ', ')))).toBeUndefined();
    expect(decodeLeaf(Buffer.from(Buffer.from(bytes).toString().replace('"v":1', '"v":2')))).toBeUndefined();
    expect(decodeLeaf(Buffer.from('{}'))).toBeUndefined();
  });
});
