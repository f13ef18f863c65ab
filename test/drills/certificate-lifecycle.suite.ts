import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { withoutKit } from './tampered.ts';

const LONG = 300_000;
const CONTROL = 'certificate-lifecycle';
const parameters = { perSecond: 10, lifeSeconds: 5 };

export function suite(lab: () => DrillLab): void {
  test(
    'certificates live and end, and the authority is replaced, without a failed request',
    { timeout: LONG },
    async () => {
      const ran = await lab().run(CONTROL, { parameters, only: /workloads|stores|authority/ });
      expect(ran.because).toBe('');
      expect(ran.outcome).toBe('pass');
      expect(ran.observation('withdrawn to refused').value).toBeLessThan(30);
      expect(ran.verdicts.find(({ subject }) => subject === 'credential/public')).toMatchObject({
        outcome: 'inconclusive',
      });
    },
  );

  test('fails by a certificate that was not reloaded', { timeout: LONG }, async () => {
    const ran = await withoutKit(lab(), 'api', ['rotation'], () =>
      lab().run(CONTROL, { parameters, floors: { servedWithin: '10s' }, only: /workloads/ }),
    );
    expect(ran.outcome).toBe('fail');
    expect(ran.observation('servers that go on showing the old one').detail).toMatch(
      /api-1.*mounted, and not taken in/,
    );
  });
}
