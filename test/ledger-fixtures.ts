/** What the tests and benchmarks of the ledger share: keys, statements and clocks. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { durableFiles } from '../src/adapters/durable-files.ts';
import { sha256 } from '../src/model/digest.ts';
import { PREDICATE, type Signer, type Statement } from '../src/model/evidence.ts';
import type { LedgerStorage } from '../src/model/ledger-storage.ts';
import type { SimulatedDisk } from './simulated-disk.ts';

/** A fresh key that signs at once. */
export function aSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return {
    keyId: sha256(raw),
    publicKey: raw,
    sign: (data) => Promise.resolve(sign(null, data, privateKey)),
  };
}

/** A drill's statement; `name` makes it different from others. */
export function aStatement(name: string): Statement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256: sha256(name).slice('sha256:'.length) } }],
    predicateType: PREDICATE.drill,
    predicate: { control: 'disruption-budget', environment: 'lab', outcome: 'pass', note: name },
  };
}

/** A clock that moves one second with every reading. */
export function aClock(start = '2025-11-21T08:00:00.000Z'): () => Date {
  let now = Date.parse(start);
  return () => {
    now += 1000;
    return new Date(now);
  };
}

/** A storage on a simulated disk, with a lock that only this process sees. */
export function simulatedStorage(disk: SimulatedDisk): LedgerStorage {
  return durableFiles('/store/.launchgate', {
    files: disk,
    lock: () => Promise.resolve({ release: () => Promise.resolve() }),
  });
}
