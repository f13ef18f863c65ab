/** What is public is what is declared; a route that nobody declared is found. */
import { expect, test } from 'vitest';
import { edgeControl } from '../../src/drills/lab/parts/edge/control.ts';
import type { EdgeRoute } from '../../src/drills/lab/parts/edge/types.ts';
import type { DrillLab } from './drill-lab.ts';
import { withEdge } from './edge.ts';

const LONG = 180_000;

export function suite(lab: () => DrillLab): void {
  test('declared routes answer those who may, and nothing else answers', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('edge-routes');
    expect([outcome, because]).toEqual(['pass', '']);
    expect(observation('undeclared paths asked').value).toBeGreaterThan(50);
    expect(observation('/events lets in nobody').value).toBe(0);
  });

  test('an undeclared route is found by its name', { timeout: LONG }, async () => {
    const forgotten = (routes: readonly EdgeRoute[]): EdgeRoute => ({
      ...routes.find(({ path }) => path === '/api/v1/*')!,
      path: '/internal/*',
    });
    const { outcome, because } = await withEdge(
      lab(),
      (config) => ({ ...config, routes: [...config.routes, forgotten(config.routes)] }),
      () => lab().run('edge-routes', { only: /nobody declared/ }),
    );
    expect(outcome).toBe('fail');
    expect(because).toContain('undeclared paths that are answered');
    expect(because).toContain('/internal');
  });

  test('a route without its service is found', { timeout: LONG }, async () => {
    const { outcome, because } = await withEdge(
      lab(),
      (config) => ({ ...config, routes: config.routes.filter(({ path }) => path !== '/events') }),
      () => lab().run('edge-routes', { only: /routes of api/ }),
    );
    expect(outcome).toBe('fail');
    expect(because).toContain('/events is answered by its service');
    expect(
      edgeControl(lab().platform.open.lab.folder('edge'))
        .config()
        .routes.map(({ path }) => path),
    ).toContain('/events');
  });
}
