import { expect, test } from 'vitest';
import { catalog } from '../catalog.ts';
import { CATALOG_MAPPING, FRAMEWORKS, NUMBERS } from './mapping.ts';

test('maps exactly the controls of the catalog', () => {
  expect(Object.keys(CATALOG_MAPPING).sort()).toEqual(catalog.map(({ id }) => id));
});

test.each(FRAMEWORKS)('gives every control criteria of %s, well formed and once each', (framework) => {
  for (const [id, criteria] of Object.entries(CATALOG_MAPPING)) {
    expect(criteria[framework].length, id).toBeGreaterThan(0);
    expect(new Set(criteria[framework]).size, id).toBe(criteria[framework].length);
    for (const criterion of criteria[framework]) expect(criterion, id).toMatch(NUMBERS[framework]);
  }
});
