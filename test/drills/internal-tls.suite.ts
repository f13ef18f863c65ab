import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { afterPrepare, tampered } from './tampered.ts';

const LONG = 240_000;
const CONTROL = 'internal-tls';
const parameters = { attempts: 2 };

export function suite(lab: () => DrillLab): void {
  test('real servers and services refuse every wrong caller', { timeout: LONG }, async () => {
    const ran = await lab().run(CONTROL, { parameters });
    expect(ran.because).toBe('');
    const passed = ran.verdicts.filter(({ outcome }) => outcome === 'pass').map(({ subject }) => subject);
    expect(passed).toEqual(
      expect.arrayContaining(['store/postgres', 'store/realtime', 'store/nats', 'store/usage-legacy', 'service/api']),
    );
    expect(ran.verdicts.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
  });

  test('fails by a pg_hba.conf that asks for no TLS', { timeout: LONG }, async () => {
    const ran = await tampered(
      lab(),
      ['postgres'],
      (part) =>
        afterPrepare(part, (of) => {
          const text = readFileSync(join(of.folder('postgres'), 'pg_hba.conf'), 'utf8');
          const open = 'host gpucloud +api 127.0.0.1/32 scram-sha-256\n';
          of.write('postgres', 'pg_hba.conf', text.replace('hostssl', `${open}hostssl`));
        }),
      () => lab().run(CONTROL, { parameters }),
    );
    const verdict = ran.verdicts.find(({ subject }) => subject === 'store/postgres');
    expect(verdict?.outcome).toBe('fail');
    expect(verdict?.because).toMatch(/plaintext admitted/);
    expect(ran.verdicts.find(({ subject }) => subject === 'store/realtime')?.outcome).toBe('pass');
  });
}
