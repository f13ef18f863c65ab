import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointText, parseCheckpoint, verifyCheckpoint, type Checkpoint } from './checkpoint.ts';
import { cosignatureLine, cosignaturesOf, cosignedMessage } from './cosignature.ts';
import { formatNote, parseNote, type NoteSignature } from './note.ts';
import { formatVkey, parseVkey, verifierKey, verifyNote } from './vkey.ts';

const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

function keyPair(name: string, algorithm: 'ed25519' | 'cosignature-v1' = 'ed25519') {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { privateKey, key: verifierKey(name, algorithm, raw) };
}

const log = keyPair('example.com/log');
const witness = keyPair('witness.example/w1', 'cosignature-v1');
const head = { origin: 'example.com/log', size: 20_852_163, root: new Uint8Array(32).fill(7) };
const text = checkpointText(head);

function line(signer: { privateKey: KeyObject; key: typeof log.key }, message = text): NoteSignature {
  return {
    name: signer.key.name,
    keyId: signer.key.keyId,
    signature: sign(null, Buffer.from(message), signer.privateKey),
  };
}

function cosign(timestamp: number, signed = cosignedMessage(text, timestamp)): NoteSignature {
  return cosignatureLine(witness.key, timestamp, sign(null, signed, witness.privateKey));
}

const good = formatNote({ text, signatures: [line(log)] });

describe('signed notes', () => {
  it('verify against the key and note published with the Go implementation', () => {
    const note = parseNote(Buffer.from(GO_NOTE), 'note');
    expect(verifyNote(note, parseVkey(GO_KEY))).toBe('valid');
    expect(formatVkey(parseVkey(GO_KEY))).toBe(GO_KEY);
    expect(Buffer.from(formatNote(note)).toString()).toBe(GO_NOTE);
    expect(verifyNote({ ...note, text: `${note.text}x\n` }, parseVkey(GO_KEY))).toBe('invalid');
  });

  it('split at the last empty line', () => {
    const note = parseNote(Buffer.from('one\n\ntwo\n\n\u2014 a AAAAAAE=\n'), 'note');
    expect(note.text).toBe('one\n\ntwo\n');
  });

  it('keep the lines of keys and algorithms that are not known', () => {
    const strange: NoteSignature = { name: 'pq.example', keyId: '01020304', signature: new Uint8Array(2420).fill(9) };
    const bytes = formatNote({ text, signatures: [strange, line(log), strange] });
    const checkpoint = verifyCheckpoint(bytes, [log.key], 'checkpoint');
    expect(checkpoint.note.signatures).toHaveLength(3);
    expect(Buffer.from(formatNote(checkpoint.note)).equals(bytes)).toBe(true);
  });

  it('take sixteen signatures and more, each up to the size of a post-quantum one', () => {
    const others = Array.from({ length: 20 }, (_, at): NoteSignature => ({
      name: `w${at}.example`,
      keyId: '0a0b0c0d',
      signature: new Uint8Array(5000),
    }));
    expect(verifyCheckpoint(formatNote({ text, signatures: [...others, line(log)] }), [log.key], 'c').size).toBe(
      head.size,
    );
    const flood = Array.from({ length: 65 }, () => line(log));
    expect(() => parseNote(formatNote({ text, signatures: flood }), 'c')).toThrow('more than 64');
  });

  it.each([
    ['no signature', `${text}\n`],
    ['no empty line', text],
    ['a line that does not end', Buffer.from(good).toString().slice(0, -1)],
    ['a carriage return', Buffer.from(good).toString().replaceAll('\n', '\r\n')],
    ['a hyphen for the dash', Buffer.from(good).toString().replace('\u2014', '-')],
    ['two spaces', Buffer.from(good).toString().replace('\u2014 ', '\u2014  ')],
  ])('with %s are refused', (_, broken) => {
    expect(() => parseNote(Buffer.from(broken), 'checkpoint')).toThrow('checkpoint: not a signed note');
  });
});

describe('verifier keys', () => {
  it('of an ML-DSA-44 log are read and reported as unsupported', () => {
    const key = verifierKey('example.com/log', 'ml-dsa-44', new Uint8Array(1312).fill(3));
    expect(formatVkey(parseVkey(formatVkey(key)))).toBe(formatVkey(key));
    const note = parseNote(
      formatNote({ text, signatures: [{ name: key.name, keyId: key.keyId, signature: new Uint8Array(2420) }] }),
      'c',
    );
    expect(verifyNote(note, key)).toBe('unsupported');
    expect(() => verifyCheckpoint(formatNote(note), [key], 'c')).toThrow('no signature by a known key');
  });

  it.each(['', 'a+b', 'name+00000000+AQ==', GO_KEY.replace('c74f20a3', 'c74f20a4'), GO_KEY.replace('+AR', '+Bw')])(
    '%s is refused',
    (vkey) => {
      expect(() => parseVkey(vkey)).toThrow('not a verifier key');
    },
  );
});

describe('checkpoints', () => {
  it('are read as written', () => {
    const checkpoint = verifyCheckpoint(good, [log.key], 'checkpoint');
    expect([checkpoint.origin, checkpoint.size, Buffer.from(checkpoint.root).equals(head.root)]).toEqual([
      head.origin,
      head.size,
      true,
    ]);
  });

  it('by another key of the same name are refused', () => {
    const other = keyPair('example.com/log');
    expect(() => verifyCheckpoint(good, [other.key], 'checkpoint')).toThrow('no signature by a known key');
    expect(verifyCheckpoint(good, [other.key, log.key], 'checkpoint').size).toBe(head.size);
  });

  it('with a good and a bad line of the log are refused', () => {
    const bytes = formatNote({ text, signatures: [line(log), line(log, `${text}x`)] });
    expect(() => verifyCheckpoint(bytes, [log.key], 'checkpoint')).toThrow('does not verify');
  });

  it.each(['o\n01\n', 'o\n-1\n', 'o\n1e3\n', 'o\n9007199254740993\n', '\n1\n', 'o\n1\n\nx\n'])(
    'with head %j are refused',
    (start) => {
      const body = start.endsWith('x\n') ? start : `${start}${Buffer.alloc(32).toString('base64')}\n`;
      expect(() => parseCheckpoint(formatNote({ text: body, signatures: [line(log, body)] }), 'c')).toThrow('c: not a');
    },
  );

  it('are refused when any single byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const flipped = Uint8Array.from(good);
        flipped[at] = (flipped[at] as number) ^ change;
        expect(() => verifyCheckpoint(flipped, [log.key], 'checkpoint')).toThrow('checkpoint: not a');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('cosignatures', () => {
  const noted = (...signatures: NoteSignature[]): Checkpoint['note'] => ({
    text,
    signatures: [line(log), ...signatures],
  });

  it('of a known witness count once, with their latest time', () => {
    expect(cosignaturesOf(noted(cosign(100), cosign(300), cosign(200)), [witness.key])).toEqual([
      { witness: witness.key, timestamp: 300 },
    ]);
  });

  it('for another text, another time or by another witness count for nothing', () => {
    expect(cosignaturesOf(noted(cosign(100, cosignedMessage(`${text}x`, 100))), [witness.key])).toEqual([]);
    expect(cosignaturesOf(noted(cosign(100, cosignedMessage(text, 101))), [witness.key])).toEqual([]);
    expect(cosignaturesOf(noted(cosign(100)), [keyPair('other.example', 'cosignature-v1').key])).toEqual([]);
    expect(cosignaturesOf(noted({ ...cosign(100), signature: new Uint8Array(3) }), [witness.key])).toEqual([]);
  });
});
