/**
 * The deny-list's check at a million entries against its physical peer, one `Map.has` of the same keys in the same run: `npx node
 * --expose-gc --conditions=launchgate-source bench/denylist.ts [ENTRIES]`. No network is involved. The best of eight rounds: what others do to the caches is not ours.
 */
import { randomUUID } from 'node:crypto';
import {
  createDenylist,
  type Change,
  type DenylistSource,
  type Kind,
  type TokenClaims,
} from '@launchgate/runtime/denylist';

const ENTRIES = Number(process.argv[2] ?? 1_000_000);
const QUERIES = 100_000;
const BATCH = 20;
const ROUNDS = 8;
const KINDS: readonly Kind[] = ['token', 'subject', 'session', 'tenant', 'key'];

const collect = (globalThis as { gc?: () => void }).gc;
const memory = () => (collect?.(), collect?.(), process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers);
const values = Array.from({ length: ENTRIES }, () => Buffer.from(randomUUID()).toString());

for (const [what, kinds] of [
  ['all of them tokens', KINDS.slice(0, 1)],
  ['spread over the five kinds', KINDS],
] as const) {
  const before = memory();
  const { denylist, longestStall } = await filled(kinds);
  const bytes = memory() - before;
  const peer = new Map(values.map((value, index) => [value, index] as const));
  const now = Math.floor(Date.now() / 1000);
  const own: number[] = [];
  const full: number[] = [];
  const physical: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    physical.push(time(now, ({ jti }) => peer.has(String(jti))));
    own.push(time(now, (one) => denylist.check(one) !== undefined));
    full.push(time(now, (one) => denylist.decide(one, { admin: true }).state !== 'allowed'));
  }
  console.log(`${ENTRIES} entries, ${what}:`);
  console.log(
    `  Map.has ${best(physical)} ns, check ${best(own)} ns (${(best(own) / best(physical)).toFixed(2)}x), decide for admin ${best(full)} ns; target 500 ns`,
  );
  console.log(
    `  ${(bytes / ENTRIES).toFixed(0)} bytes an entry beside its text, filled with the event loop held up for at most ${longestStall.toFixed(1)} ms of processor time`,
  );
  await denylist.stop();
}

/** Claims as a parser leaves them: strings that no map has seen, so that their hashes are not there yet. */
function fresh(iat: number): TokenClaims {
  return JSON.parse(
    JSON.stringify({
      jti: randomUUID(),
      sub: randomUUID(),
      sid: randomUUID(),
      tenant: randomUUID(),
      kid: randomUUID(),
      iat,
    }),
  ) as TokenClaims;
}

async function filled(kinds: readonly Kind[]) {
  let longestStall = 0;
  const source: DenylistSource = {
    async run(sink) {
      const rebuild = sink.begin();
      for (let from = 0; from < ENTRIES; from += 2000) {
        const page = values.slice(from, from + 2000).map((value, index): Change => ({
          id: from + index + 1,
          mark: '',
          kind: kinds[index % kinds.length] ?? 'token',
          value,
        }));
        const start = process.threadCpuUsage();
        rebuild.add(page);
        longestStall = Math.max(longestStall, process.threadCpuUsage(start).user / 1000);
        if (from % 100_000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      rebuild.commit({ id: ENTRIES, mark: '' });
      sink.apply([{ id: ENTRIES + 1, mark: '', kind: 'issued-before', value: '*', issuedBefore: 1 }]);
      sink.confirm({ wall: Date.now(), steady: performance.now() });
    },
  };
  const denylist = createDenylist({ source, maxStalenessMs: 3_600_000 });
  await denylist.start();
  await denylist.synced(60_000);
  return { denylist, longestStall };
}

/** Nanoseconds a question, the median of batches of claims that were parsed just before, as in a server: a batch that was interrupted does not move it. */
function time(iat: number, ask: (input: TokenClaims) => boolean): number {
  let found = 0;
  const took: number[] = [];
  for (let asked = 0; asked < QUERIES; asked += BATCH) {
    const batch = Array.from({ length: BATCH }, () => fresh(iat));
    const start = process.hrtime.bigint();
    for (const claims of batch) if (ask(claims)) found += 1;
    took.push(Number(process.hrtime.bigint() - start));
  }
  if (found > 0) throw new Error('a fresh token was found in the list');
  return (took.sort((a, b) => a - b)[took.length >> 1] ?? Number.NaN) / BATCH;
}

function best(numbers: readonly number[]): number {
  return Math.round(Math.min(...numbers));
}
