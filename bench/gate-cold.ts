/**
 * A process from start to verdict: reads a ledger's envelopes, checks their digests, verifies every signature, decides.
 * Exit 0 is GO, 1 is NO-GO.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decide } from '../src/gate/decide.ts';
import { walkLedger } from '../src/gate/trust.ts';
import { decodeEnvelope, statementOf, verifyWith } from '../src/ledger/envelope.ts';
import { sha256, type Digest } from '../src/model/digest.ts';
import type { LedgerEntry } from '../src/model/evidence.ts';
import { gateInput, type LogLine } from './gate-world.ts';

const folder = process.argv[2] ?? '.';
const { root, lines } = JSON.parse(readFileSync(join(folder, 'log.json'), 'utf8')) as {
  root: Digest;
  lines: LogLine[];
};
const trust = walkLedger(lines.map(readEntry), root, verifyWith);
const controls = lines.slice(1).map((_, index) => ({ id: `control-${index}`, halves: ['check', 'drill'] as const }));
const decision = decide(gateInput(trust, controls, ['service/api']));
const open = decision.requirements.filter(({ state }) => state === 'satisfied').length;
console.log(`${decision.verdict} ${open}/${decision.requirements.length}`);
process.exitCode = decision.verdict === 'GO' ? 0 : 1;

function readEntry({ digest, sequencedAt }: LogLine, index: number): LedgerEntry {
  const path = join(folder, 'evidence', digest.slice('sha256:'.length));
  const bytes = readFileSync(path);
  if (sha256(bytes) !== digest) throw new Error(`${path} does not have its digest`);
  const envelope = decodeEnvelope(bytes, path);
  return { index, sequencedAt, digest, envelope, statement: statementOf(envelope, path) };
}
