/** Gateways and an API replica are restarted one after the other, and nobody who works or asks notices. */
import { expect, test } from 'vitest';
import { nodeId } from '../../../src/drills/lab/parts/postgres.ts';
import type { Platform } from './platform.ts';
import { roll } from './rolling.ts';

const SESSIONS = 40;
const LONG = 240_000;

export function rollingSuite(platform: () => Platform): void {
  test(
    'a rollout with terminals and requests: all resumed, no byte lost or doubled, no error',
    { timeout: LONG },
    async () => {
      const gateways = platform().open.lab.replicas('terminal-gateway');
      const { closes, resumes, gaps, damaged, load } = await roll(platform(), {
        sessions: SESSIONS,
        nodes: [nodeId('node-agent-1')],
        rate: 20,
        roll: [...gateways, 'api-1'],
        tick: 0.5,
        opening: 10,
      });
      expect(damaged).toEqual([]);
      expect(gaps).toBe(0);
      expect(closes).toEqual({ '1012': closes['1012'] });
      expect(closes['1012']).toBeGreaterThanOrEqual(SESSIONS);
      expect(resumes).toBe(closes['1012']);
      expect(load.errors).toEqual({});
      expect(load.statuses).toEqual({ '200': load.statuses['200'] });
      expect(load.statuses['200']).toBeGreaterThan(50);
    },
  );
}
