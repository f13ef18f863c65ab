/** A process that appends to a ledger, for tests of several at once and of killed ones: `ledger-child.ts FOLDER NAME COUNT KEYFILE`. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { durableFiles } from '../src/adapters/durable-files.ts';
import { Sequencer } from '../src/ledger/append.ts';
import { signStatement } from '../src/ledger/envelope.ts';
import { sha256 } from '../src/model/digest.ts';
import { aStatement } from './ledger-fixtures.ts';

const [folder = '', name = '', count = '0', keyFile = ''] = process.argv.slice(2);
const privateKey = createPrivateKey(readFileSync(keyFile));
const publicKey = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
const signer = {
  keyId: sha256(publicKey),
  publicKey,
  sign: (data: Uint8Array) => Promise.resolve(sign(null, data, privateKey)),
};

/** Opens and closes the ledger for every few envelopes, and reports each only when it is durable. */
for (let done = 0; done < Number(count); done += 5) {
  const sequencer = await Sequencer.open({
    storage: durableFiles(folder),
    origin: 'example.com/launch',
    signer,
    clock: () => new Date(),
    lockTimeoutMs: 20_000,
  });
  const group = Array.from({ length: 5 }, (_, n) => signStatement(aStatement(`${name}-${done + n}`), [signer]));
  for (const { index, digest } of await sequencer.appendAll(await Promise.all(group)))
    process.stdout.write(`${index} ${digest}\n`);
  await sequencer.close();
}
