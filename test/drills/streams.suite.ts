/** Sessions come back to their pod and outlive its restart; without affinity, or without drain, they do not. */
import { describe, expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { withEdge } from './edge.ts';
import { restarted } from './parts-off.ts';

const LONG = 240_000;
const parameters = { sessions: 8 };

export function suite(lab: () => DrillLab): void {
  describe('websocket-affinity', () => {
    test('sessions come back to the gateway that held them', { timeout: LONG }, async () => {
      const { outcome, because } = await lab().run('websocket-affinity', { parameters });
      expect([outcome, because]).toEqual(['pass', '']);
    });

    test('without affinity they land anywhere, and are counted', { timeout: LONG }, async () => {
      const { outcome, because } = await withEdge(
        lab(),
        (config) => ({ ...config, upstreams: config.upstreams.map((one) => ({ ...one, affinity: 'none' })) }),
        () => lab().run('websocket-affinity', { parameters, only: /affinity/ }),
      );
      expect(outcome).toBe('fail');
      expect(because).toContain('sessions that came back to another replica');
    });
  });

  describe('stream-drain', () => {
    test('every stream is handed over whole', { timeout: LONG }, async () => {
      const { outcome, because, observation } = await lab().run('stream-drain', { parameters });
      expect([outcome, because]).toEqual(['pass', '']);
      expect(observation('sessions that were handed over by 1012').value).toBeGreaterThanOrEqual(8);
      expect(observation('lost bytes').value).toBe(0);
      // The API has sockets as well, by which no terminal comes.
      expect(observation('event streams that were open').value).toBeGreaterThan(0);
    });

    test('without drain sessions are cut off, with the code', { timeout: LONG }, async () => {
      const gateways = lab().platform.open.lab.replicas('terminal-gateway');
      const { outcome, because } = await notDraining(lab(), gateways, () =>
        lab().run('stream-drain', { parameters, only: /terminals/ }),
      );
      expect(outcome).toBe('fail');
      expect(because).toContain('sessions that were ended by anything else');
      expect(because).toContain('1006');
    });
  });
}

/** The drill replaces replicas by ones that drain: it is the ones before that must be seen not to. */
const notDraining = <T>(lab: DrillLab, parts: readonly string[], work: () => Promise<T>): Promise<T> =>
  restarted(lab, parts, ['drain'], work);
