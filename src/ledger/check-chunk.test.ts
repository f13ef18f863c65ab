import { describe, expect, it } from 'vitest';
import { aSigner, aStatement } from '../../test/ledger-fixtures.ts';
import { verifyEd25519 } from './ed25519.ts';
import { checkChunk, type ChunkReport } from './check-chunk.ts';
import { signStatement } from './envelope.ts';
import { encodeLeaf, prepareEnvelope } from './leaf.ts';
import { encodeBundle } from './tiles.ts';

const signer = aSigner();
const keys = new Map([[signer.keyId, signer.publicKey]]);

/** The report on a bundle of one entry, whose only signature is the signer's under another id. */
async function signedUnder(id: { readonly keyid?: string }): Promise<ChunkReport> {
  const { signatures, ...signed } = await signStatement(aStatement('one'), [signer]);
  const envelope = { ...signed, signatures: signatures.map(({ sig }) => ({ ...id, sig })) };
  const { bytes, leaf } = prepareEnvelope(envelope, 'x');
  const entry = encodeLeaf({ ...leaf, time: '2025-11-21T08:00:00.000Z' });
  const envelopes = { bytes, lengths: Int32Array.of(bytes.length) };
  return checkChunk({ bundlePath: 'x', first: 7, bundle: encodeBundle([entry]), envelopes }, keys, verifyEd25519);
}

describe('the signature of a known key', () => {
  it.each([
    ['its own id', { keyid: signer.keyId }],
    ['no id', {}],
    ['an id that names no key', { keyid: 'SHA256:as-some-other-tool-writes-it' }],
  ])('under %s is no stranger’s: a gate counts it, whatever the id says', async (_what, id) => {
    expect(await signedUnder(id)).toMatchObject({ problems: [], strangers: [] });
  });

  it('under the id of another known key is told: somebody says of them what they did not sign', async () => {
    const other = aSigner();
    keys.set(other.keyId, other.publicKey);
    const { problems } = await signedUnder({ keyid: other.keyId });
    expect(problems).toMatchObject([{ index: 7, message: `the signature of ${other.keyId} does not verify` }]);
  });
});
