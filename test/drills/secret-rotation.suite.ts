import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Lab, Part } from '../../src/drills/lab/part.ts';
import type { DrillLab } from './drill-lab.ts';
import { afterPrepare, tampered } from './tampered.ts';

const LONG = 300_000;
const CONTROL = 'secret-rotation';
/** Of all kinds that the lab can rotate. */
const ROTATED = [
  'api-database',
  'api-redis',
  'api-cache',
  'api-nats',
  'api-stripe',
  'terminal-ticket-signer',
  'terminal-ticket-verifier',
  'billing-nats',
  'relay-database',
].map((name) => `credential/${name}`);

export function suite(lab: () => DrillLab): void {
  test(
    'everything that the lab holds is rotated under load, and the old versions are refused',
    { timeout: LONG },
    async () => {
      const ran = await lab().run(CONTROL, { parameters: { perSecond: 10, refusals: 3 } });
      expect(ran.because).toBe('');
      const passed = ran.verdicts.filter(({ outcome }) => outcome === 'pass').map(({ subject }) => subject);
      expect(passed).toEqual(expect.arrayContaining(ROTATED));
      const left = ran.verdicts.find(({ subject }) => subject === 'credential/grafana-oidc');
      expect(left?.outcome).toBe('inconclusive');
      expect(ran.observation('requests failed').value).toBe(0);
    },
  );

  test('fails by a replica that never sees a new version', { timeout: LONG }, async () => {
    const ran = await tampered(lab(), ['api-1'], withCopiedSecrets, () =>
      lab().run(CONTROL, { parameters: { perSecond: 10, refusals: 3 }, floors: { inUseWithin: '15s' } }),
    );
    expect(ran.outcome).toBe('fail');
    const seen = (credential: string, name: string) =>
      ran.verdicts
        .find(({ subject }) => subject === `credential/${credential}`)
        ?.observations.find((one) => one.name === name);
    expect(seen('api-database', 'handed out to in use')).toMatchObject({
      met: false,
      detail: 'api-1 still held to the old one',
    });
    // It verifies as well, and so neither knows the new one nor forgets the old one. Without its database it cannot note what it verified.
    expect(seen('api-stripe', 'versions accepted at once')?.detail).toBe('present accepted, next refused');
    expect(seen('api-stripe', 'ended to refused')?.detail).toBe(
      'the old version is still without an answer: api-1 answers 503',
    );
  });
}

/** As with a `subPath` mount, which a kubelet never renews. */
function withCopiedSecrets(part: Part): Part {
  const mounted = (lab: Lab) => dirname(lab.secretFile(part.name, part.secrets![0]!));
  const copied = (lab: Lab) => join(lab.folder(part.name), 'copied-secrets');
  const prepared = afterPrepare(part, (lab) => {
    mkdirSync(copied(lab), { recursive: true, mode: 0o700 });
    for (const name of part.secrets ?? []) copyFileSync(join(mounted(lab), name), join(copied(lab), name));
  });
  return {
    ...prepared,
    command(lab) {
      const { env = {}, ...command } = part.command(lab);
      const moved = Object.entries(env).map(([name, value]) => [name, value.replace(mounted(lab), copied(lab))]);
      return { ...command, env: Object.fromEntries(moved) };
    },
  };
}
