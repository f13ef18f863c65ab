/** The live edge speaks TLS as it should; old versions, missing headers and a certificate that stays are seen. */
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { withNginx } from './edge.ts';

const LONG = 120_000;
const api = 'api.gpucloud.example';

export function suite(lab: () => DrillLab): void {
  test('versions, ciphers, redirect, headers and the renewal are as they should be', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('edge-tls');
    expect([outcome, because]).toEqual(['pass', '']);
    expect(observation(`${api} takes TLSv1`).value).toBe(0);
    expect(observation('a renewed certificate is served').value).toBe(1);
  });

  test('TLS 1.0 and HSTS of a day are seen', { timeout: LONG }, async () => {
    const weaken = (text: string) =>
      text
        .replace('ssl_protocols TLSv1.2 TLSv1.3;', 'ssl_protocols TLSv1 TLSv1.2 TLSv1.3;')
        .replace(/ssl_ciphers [^;]+;/, 'ssl_ciphers ALL:@SECLEVEL=0;')
        .replaceAll('max-age=31536000', 'max-age=86400');
    const { outcome, because } = await withNginx(lab(), weaken, () =>
      lab().run('edge-tls', { parameters: { renew: 'no' } }),
    );
    expect(outcome).toBe('fail');
    expect(because).toContain(`${api} takes TLSv1 is 1`);
  });
}
