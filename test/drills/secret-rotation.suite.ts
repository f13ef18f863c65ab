import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';

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
}
