/**
 * The ledger against the physical limits of the same machine in the same run, each the median of three rounds:
 * `npx node bench/ledger.ts [LEAVES]`. Rates hold for an idle machine; the processor time holds for a busy one as well.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { held, print, printLoad, type Held } from './ledger-figures.ts';
import { fsyncLimit, signLimit, verifyLimitOfTwo } from './ledger-limits.ts';
import { proofs } from './ledger-proofs.ts';
import { appendWithFiles, bundledFsck, fullFsck, GROUP, signedLeaves } from './ledger-runs.ts';

const LEAVES = Math.ceil(Number(process.argv[2] ?? 80 * GROUP) / GROUP) * GROUP;
const ROUNDS = 3;
/** On the disk that the repository lies on: a folder in memory would have no fsync to wait for. */
const scratch = mkdtempSync(join(fileURLToPath(new URL('..', import.meta.url)), '.bench-ledger-'));
const folder = (name: string) => join(scratch, name);

try {
  printLoad('before');
  // Once before it counts, so that the hot path is compiled.
  await signedLeaves(folder('warm'), LEAVES);
  print(
    {
      what: `signed leaves, groups of ${GROUP}, one durable commit each`,
      limit: 'Ed25519 sign on one core',
      target: 15_000,
      share: 0.75,
    },
    await rounds((round) => held(signLimit, () => signedLeaves(folder(`leaves-${round}`), LEAVES))),
  );
  print(
    { what: 'the same with their envelope files', limit: 'write 8 KiB and fsync' },
    await rounds((round) =>
      held(
        () => fsyncLimit(scratch),
        () => appendWithFiles(folder('store'), round * LEAVES, LEAVES),
      ),
    ),
  );
  const fsck = await bundledFsck(folder('bundle'));
  print(
    {
      what: `full fsck of ${ROUNDS * LEAVES} entries with signatures, two threads`,
      limit: 'Ed25519 verify in two threads',
      target: 25_000,
      share: 0.8,
    },
    await rounds(() => held(verifyLimitOfTwo, () => fullFsck(fsck, folder('store'), ROUNDS * LEAVES))),
  );
  await proofs();
  printLoad('after');
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function rounds(measure: (round: number) => Promise<Held>): Promise<Held[]> {
  const all: Held[] = [];
  for (let round = 0; round < ROUNDS; round += 1) all.push(await measure(round));
  return all;
}
