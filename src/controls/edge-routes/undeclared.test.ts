import { expect, test } from 'vitest';
import { undeclaredPaths } from './undeclared.ts';

test('what is declared, or may be public anyway, is not asked; ways out of a prefix are', () => {
  const paths = undeclaredPaths({
    declared: ['/api/v1/*', '/metrics', '/events'],
    services: ['api', 'billing-worker'],
    ignored: ['/.well-known/'],
  });
  expect(paths).toContain('/admin/sessions');
  expect(paths).toContain('/billing-worker/');
  expect(paths).toContain('/events/admin');
  expect(paths).toContain('/api/v1/..%2fmetrics');
  expect(paths).not.toContain('/metrics');
  expect(paths.filter((path) => path.startsWith('/.well-known/'))).toEqual([]);
  expect(paths.filter((path) => path.startsWith('/api/v1/') && !/\.|%2e/i.test(path))).toEqual([]);
  expect(new Set(paths).size).toBe(paths.length);
});
