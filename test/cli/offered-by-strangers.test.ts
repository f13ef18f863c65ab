import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { encodeEnvelope, envelopeDigest, PAYLOAD_TYPE } from '../../src/ledger/envelope.ts';
import { evidenceFile } from '../../src/ledger/layout.ts';
import { PREDICATE } from '../../src/model/evidence.ts';
import { gated } from './gated.ts';
import { expectCode, type Workspace } from './workspace.ts';

/** Has the sequencer log a statement that nobody known signed, as a branch brings it. */
async function offer(world: Workspace, predicateType: string, predicate: string): Promise<string> {
  const subject = `[{"digest":{"sha256":"${'a1'.repeat(32)}"}}]`;
  const text = `{"_type":"https://in-toto.io/Statement/v1","subject":${subject},"predicateType":"${predicateType}","predicate":${predicate}}`;
  const signatures = [{ keyid: 'nobody', sig: Buffer.alloc(64).toString('base64') }];
  const envelope = { payload: Buffer.from(text).toString('base64'), payloadType: PAYLOAD_TYPE, signatures };
  const digest = envelopeDigest(envelope);
  const file = join(world.root, '.launchgate', evidenceFile(digest));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, encodeEnvelope(envelope));
  expect((await world.launchgate('ledger sequence')).out).toBe('1 envelopes taken into the log\n');
  return digest;
}

it.each([
  ['a policy with a number beyond all bounds', PREDICATE.policy, '{"version":3,"policy":{"x":1e999}}', 'policy sign'],
  ['a waiver of nothing', PREDICATE.waiver, 'null', 'waive --approve'],
  ['an exclusion with a member too many', PREDICATE.exclusion, '{"a":1e999}', 'exclude --approve'],
])('%s closes no gate, is no damage, and is signed by nobody: exit 2', async (_what, type, predicate, verb) => {
  const world = await gated();
  const digest = await offer(world, type, predicate);
  expectCode(await world.launchgate('gate static'), 0);
  expect(expectCode(await world.launchgate('ledger fsck'), 0).out).toContain('nothing rests on it');
  const { code, out, err } = await world.launchgate(`${verb} ${digest} -k bo`);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^launchgate: nobody can sign sha256:\w+: it/);
});
