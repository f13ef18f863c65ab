/** The WAF blocks as declared and tells attacks from ordinary requests; one that only watches is found. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { edgeControl } from '../../src/drills/lab/parts/edge/control.ts';
import type { DrillLab } from './drill-lab.ts';
import { withEdge } from './edge.ts';

const LONG = 300_000;

export function suite(lab: () => DrillLab): void {
  test(
    'attacks are refused, calls are not, and a corpus of the operator is judged as well',
    { timeout: LONG },
    async () => {
      const corpus = mkdtempSync(join(tmpdir(), 'launchgate-corpus-'));
      writeFileSync(join(corpus, 'tickets.txt'), "It's the union's select committee\nPlease call me back\n");
      try {
        const { outcome, because, observation } = await lab().run('edge-waf', { parameters: { corpus } });
        expect([outcome, because]).toEqual(['pass', '']);
        expect(observation('attacks that were noted').detail).toMatch(/NoSQL injection \d+ of \d+.*scanner \d+ of \d+/);
        expect(observation('attacks that were noted of classes that the rule set does not claim').detail).toContain(
          'XML entities',
        );
        expect(observation('calls of an API that were taken for attacks').value).toBe(0);
        expect(observation('requests of the given corpus that were taken for attacks').value).toBeLessThan(100);
        expect(edgeControl(lab().platform.open.lab.folder('edge')).config()).toMatchObject({
          waf: { mode: 'block', paranoia: 1 },
          rateLimits: true,
        });
      } finally {
        rmSync(corpus, { recursive: true, force: true });
      }
    },
  );

  test('a WAF that watches where the spec says block fails', { timeout: LONG }, async () => {
    const { outcome, because } = await withEdge(
      lab(),
      (config) => ({ ...config, waf: { ...config.waf, mode: 'monitor' } }),
      () => lab().run('edge-waf'),
    );
    expect(outcome).toBe('fail');
    expect(because).toContain('the WAF runs in the declared mode');
    expect(because).toContain('monitor, declared is block');
    expect(because).toContain('attacks that were refused is 0 %');
  });
}
