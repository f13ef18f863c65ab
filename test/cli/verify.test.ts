import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosignatureLine, cosignedMessage } from '../../src/ledger/cosignature.ts';
import { formatNote, parseNote } from '../../src/ledger/note.ts';
import { formatVkey, verifierKey } from '../../src/ledger/vkey.ts';
import type { Envelope } from '../../src/model/evidence.ts';
import { addScan, decide, gated } from './gated.ts';
import { DIGEST, expectCode, service, type Answer, type Workspace } from './workspace.ts';

let world: Workspace;
let candidate: string;

beforeAll(async () => {
  world = await gated();
  candidate = (await decide(world, 'static')).decision.candidate.digest;
  expectCode(await world.launchgate('gate static -o ../go.json'), 0);
});
afterAll(() => world.remove());

function verify(flags: string, file = '../go.json', now = new Date()): Promise<Answer> {
  const gate = flags.includes('-g ') ? '' : '-g static';
  const environment = flags.includes('-e ') ? '' : '-e production';
  return world.launchgate(`verify ${file} ${gate} ${environment} ${flags}`, { now });
}

describe('verify', () => {
  it('a fresh GO for the candidate and for its image: exit 0', async () => {
    expect(await verify(`--candidate ${candidate}`)).toMatchObject({ code: 0, err: '' });
    const byImage = await verify(`--image ${DIGEST}`);
    expect(byImage.code).toBe(0);
    expect(byImage.out).toContain('GO of static for production');
  });

  it('still holds when the ledger grows afterwards', async () => {
    await addScan(world);
    expect((await verify(`--candidate ${candidate}`)).code).toBe(0);
  });

  it.each([
    ['a new image', `--image sha256:${'c3'.repeat(32)}`, 'it was never decided about image'],
    ['another candidate', `--candidate sha256:${'c3'.repeat(32)}`, 'it is about candidate'],
    ['another gate', '-g public-launch --image DIGEST', 'it decides gate static'],
    ['another environment', '-e staging --image DIGEST', 'it holds for environment production'],
    ['another policy', `--image DIGEST --policy-root sha256:${'d4'.repeat(32)}`, 'it rests on policy root'],
    ['a larger ledger', '--image DIGEST --min-ledger-size 900', 'it rests on a ledger of'],
    ['nothing to compare with', '', 'no candidate and no image'],
  ])('refuses it for %s: exit 1, and the reason names it', async (_what, flags, because) => {
    const { code, out } = await verify(flags.replace('DIGEST', DIGEST));
    expect(code).toBe(1);
    expect(out).toContain(because);
  });

  it('of a key that the policy does not know is told as it is signed: the log takes no record of it', async () => {
    const { code, err } = await world.launchgate('gate static -k stranger -o ../stranger.json');
    expect(code).toBe(0);
    expect(err).toContain('the policy does not know the key sha256:');
    expect((await world.launchgate('gate static -o ../known.json')).err).toBe('wrote ../known.json\n');
  });

  it('refuses one that believed pinned renders, unless that is expected', async () => {
    expectCode(await world.launchgate('gate static --trust-pins -o ../pins.json'), 0);
    const { code, out } = await verify(`--image ${DIGEST}`, '../pins.json');
    expect({ code, out }).toEqual({
      code: 1,
      out: 'refused\n  - it believes renders that the repository brings along, which is not accepted here\n',
    });
    expect((await verify(`--image ${DIGEST} --accept-pins`, '../pins.json')).code).toBe(0);
  });

  it('refuses one that is too old, or from the future', async () => {
    const old = await verify(`--image ${DIGEST}`, undefined, new Date(Date.now() + 25 * 3_600_000));
    expect(old).toMatchObject({ code: 1, out: expect.stringContaining('more than 24h ago') as string });
    const future = await verify(`--image ${DIGEST}`, undefined, new Date(Date.now() - 3_600_000));
    expect(future).toMatchObject({ code: 1, out: expect.stringContaining('in the future') as string });
  });

  it('takes the signers that are named, and no others', async () => {
    const [ana, bo] = ['default', 'bo'].map((name) => join(world.home, 'keys', `${name}.pub`));
    expect((await verify(`--image ${DIGEST} --signer ${ana}`)).code).toBe(0);
    const { code, out } = await verify(`--image ${DIGEST} --signer ${bo}`);
    expect(code).toBe(1);
    expect(out).toContain('none of the expected signers');
  });

  it('refuses one that was tampered with', async () => {
    const envelope = JSON.parse(readFileSync(join(world.base, 'go.json'), 'utf8')) as Envelope;
    const payload = Buffer.from(envelope.payload, 'base64').toString('utf8').replace('production', 'productian');
    const forged = { ...envelope, payload: Buffer.from(payload).toString('base64') };
    writeFileSync(join(world.base, 'forged.json'), JSON.stringify(forged));
    expect((await verify(`--image ${DIGEST}`, '../forged.json')).code).toBe(1);
  });

  it('cannot tell of a file that is none: exit 2', async () => {
    expect(await verify(`--image ${DIGEST}`, '../nothing.json')).toMatchObject({ code: 2, out: '' });
    expect(await verify(`--image ${DIGEST}`, 'launchgate.yaml')).toMatchObject({ code: 2, out: '' });
    const folder = await verify(`--image ${DIGEST}`, '.');
    expect(folder).toMatchObject({ code: 2, out: '' });
    expect(folder.err).toMatch(/^launchgate: \. is a folder, expected a file\nName /);
    const endless = await verify(`--image ${DIGEST}`, '/dev/zero');
    expect(endless).toMatchObject({ code: 2, out: '', err: expect.stringContaining('more than') as string });
  });

  it.each([
    ['the image of a variable that is not set', '--image sha256:undefined', 'is no digest'],
    ['a digest that is cut off', '--candidate sha256:c3c3c3', 'is no digest'],
    ['an image by its name', `--image registry.example.com/shop/api@${DIGEST}`, 'the digest alone'],
    ['a policy root by hand', '--image DIGEST --policy-root root', 'is no digest'],
    ['an age without a unit', '--image DIGEST --max-age 24', '--max-age 24 is not a duration'],
  ])('cannot tell by %s: exit 2', async (_what, flags, because) => {
    const { code, out, err } = await verify(flags.replace('DIGEST', DIGEST));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(because);
  });

  it('takes no empty size for none', async () => {
    const flags = ['-g', 'static', '-e', 'production', '--image', DIGEST, '--min-ledger-size', ''];
    expect((await world.run(['verify', '../go.json', ...flags])).code).toBe(2);
  });

  it('a NO-GO verifies as what it is', async () => {
    const closed = await gated();
    expectCode(await closed.launchgate('gate scanned -o ../no.json'), 1);
    const line = `verify ../no.json -g scanned -e production --image ${DIGEST} -f json`;
    const { code, out } = await closed.launchgate(line);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ kind: 'Verification', holds: false, reasons: ['its verdict is NO-GO'] });
  });

  it('an old GO does not serve the image that is deployed next', async () => {
    const next = `sha256:${'e5'.repeat(32)}`;
    const moved = await gated();
    expectCode(await moved.launchgate('gate static -o ../go.json'), 0);
    moved.write({ 'deploy/api.yaml': service('api', { image: `registry.example.com/shop/api@${next}` }) });
    moved.commit('A new image');
    const line = (image: string) => `verify ../go.json -g static -e production --image ${image}`;
    expect((await moved.launchgate(line(DIGEST))).code).toBe(0);
    const { code, out } = await moved.launchgate(line(next));
    expect(code).toBe(1);
    expect(out).toContain(`it was never decided about image ${next}`);
  });

  it('refuses what a key signed that the log here has revoked, unless the log recorded it before', async () => {
    const own = await gated();
    const runner = await own.enrolled('bo', 'runner');
    await own.propose((policy) => ({ ...policy, keys: [...policy.keys, runner] }));
    expectCode(await own.launchgate('gate static -k runner -o ../before.json'), 0);
    expectCode(await own.run(['policy', 'revoke', runner.id, '-r', 'copied off the build machine']), 0);
    expectCode(await own.launchgate('gate static -k runner -o ../after.json'), 0);
    const signer = join(own.home, 'keys/runner.pub');
    const line = `-g static -e production --image ${DIGEST} --signer ${signer}`;
    expectCode(await own.launchgate(`verify ../before.json ${line}`), 0);
    const { code, out } = await own.launchgate(`verify ../after.json ${line}`);
    expect(code).toBe(1);
    expect(out).toMatch(/what its signer's key signs counts for nothing: it was revoked at log index \d+/);
  });

  it('refuses a decision of a log that was forked', async () => {
    const [mine, other] = [await gated(), await gated()];
    expectCode(await other.launchgate('gate static -o ../go.json'), 0);
    const root = /policy root (sha256:\S+)|"root": "(sha256:[^"]+)"/.exec(
      (await other.launchgate('gate static -f json')).out,
    );
    const flags = `--policy-root ${root?.[1] ?? root?.[2]} --signer ${join(other.home, 'keys/default.pub')}`;
    const line = `verify ${join(other.base, 'go.json')} -g static -e production --image ${DIGEST} ${flags}`;
    expect((await other.launchgate(line)).code).toBe(0);
    const { code, out } = await mine.launchgate(line);
    expect(code).toBe(1);
    expect(out).toContain('it rests on another log');
  });
});

describe('verify evidence', () => {
  let digest: string;
  let file: string;
  beforeAll(async () => {
    digest = await addScan(world);
    file = `.launchgate/evidence/${digest.slice(7, 9)}/${digest.slice(7)}.dsse.json`;
    expectCode(await world.launchgate(`ledger prove ${digest} -o ../scan.tlog-proof`), 0);
  });

  it('by an expected signer, in the log that is pinned: exit 0, saying where it stands', async () => {
    const { out } = expectCode(await world.launchgate(`verify ${file} --proof ../scan.tlog-proof`), 0);
    expect(out).toMatch(/^holds: .*signed by an expected key; entry \d+ of launchgate\.local\/shop/);
  });

  it('refuses what is expected of a decision, which it would not look at', async () => {
    const { code, out, err } = await world.launchgate(`verify ${file} -e production`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('--environment is for a decision');
    expect((await world.launchgate(`verify ${file} --min-ledger-size 9`)).err).toContain('--min-ledger-size is for');
  });

  it('without a proof it says that none was given', async () => {
    expect(expectCode(await world.launchgate(`verify ${file}`), 0).out).toContain('no proof that a log holds it');
  });

  it('refuses another signer, the proof of another envelope, and a proof with a changed hash: exit 1', async () => {
    const bo = join(world.home, 'keys', 'bo.pub');
    expect(await world.launchgate(`verify ${file} --signer ${bo}`)).toMatchObject({ code: 1 });
    const listed = JSON.parse((await world.launchgate('evidence list -f json')).out) as {
      entries: { digest: string }[];
    };
    const other = listed.entries.find((entry) => entry.digest !== digest)?.digest ?? '';
    expectCode(await world.launchgate(`ledger prove ${other} -o ../other.tlog-proof`), 0);
    const swapped = await world.launchgate(`verify ${file} --proof ../other.tlog-proof`);
    expect(swapped).toMatchObject({ code: 1, out: expect.stringContaining('proves another envelope') as string });
    const proof = readFileSync(join(world.base, 'scan.tlog-proof'), 'utf8').split('\n');
    const hash = proof.findIndex((line) => line.startsWith('index ')) + 1;
    proof[hash] = Buffer.alloc(32, 7).toString('base64');
    writeFileSync(join(world.base, 'bent.tlog-proof'), proof.join('\n'));
    const bent = await world.launchgate(`verify ${file} --proof ../bent.tlog-proof`);
    expect(bent).toMatchObject({ code: 1, out: expect.stringContaining('do not lead from entry') as string });
  });

  it('demands the cosignature of every witness that is named', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const witness = verifierKey('witness.example/w1', 'cosignature-v1', raw);
    const bytes = readFileSync(join(world.base, 'scan.tlog-proof'));
    const note = parseNote(bytes.subarray(bytes.indexOf('\n\n') + 2), 'it');
    const cosigned = (text: string): Uint8Array => {
      const signed = cosignatureLine(
        witness,
        1_700_000_000,
        sign(null, cosignedMessage(text, 1_700_000_000), privateKey),
      );
      const checkpoint = formatNote({ ...note, signatures: [...note.signatures, signed] });
      return Buffer.concat([bytes.subarray(0, bytes.indexOf('\n\n') + 2), checkpoint]);
    };
    writeFileSync(join(world.base, 'seen.tlog-proof'), cosigned(note.text));
    writeFileSync(join(world.base, 'forged.tlog-proof'), cosigned(`${note.text}x`));
    const asked = (proof: string, key = formatVkey(witness)) =>
      world.launchgate(`verify ${file} --proof ../${proof}.tlog-proof --witness ${key}`);
    expect(expectCode(await asked('seen'), 0).out).toContain('seen by witness.example/w1 2023-11-14T22:13:20.000Z');
    for (const proof of ['scan', 'forged'])
      expect(expectCode(await asked(proof), 1).out).toContain(
        'no valid cosignature of its checkpoint by witness.example/w1',
      );
    const ofLog = formatVkey(verifierKey('witness.example/w1', 'ed25519', raw));
    expect(expectCode(await asked('seen', ofLog), 2).err).toContain('expected cosignature/v1');
    const alone = await world.launchgate(`verify ${file} --witness ${formatVkey(witness)}`);
    expect(expectCode(alone, 2).err).toContain('Name the proof with --proof');
    const ofDecision = await verify(`--image ${DIGEST} --witness ${formatVkey(witness)}`);
    expect(expectCode(ofDecision, 2).err).toContain('--witness out');
  });

  it('does not take a decision for evidence, nor evidence for a decision', async () => {
    const decision = await world.launchgate('verify ../go.json');
    expect(decision).toMatchObject({ code: 2, err: expect.stringContaining('--gate and -e') as string });
    expect((await verify(`--image ${DIGEST}`, file)).code).toBe(1);
  });
});
