import { expect, it } from 'vitest';
import type { Deployable, Gap } from '../../model/platform.ts';
import { numbered } from './found.ts';

const plain = (id: string): Deployable => ({ id, renderer: 'plain', path: 'k8s', sources: [], declaredBy: 'k8s' });
const gap = (deployable: string): Gap => ({ path: 'k8s', deployable, reason: 'r', fix: 'f', hides: [] });

it('gives what comes second under an id a number, in its gaps too, and remembers it', () => {
  const taken = new Set(['plain:k8s']);
  const found = {
    deployables: [plain('plain:k8s'), plain('plain:web')],
    gaps: [gap('plain:k8s'), gap('x')],
    leftOut: [],
  };
  const first = numbered(found, taken);
  expect(first.deployables.map(({ id }) => id)).toEqual(['plain:k8s#2', 'plain:web']);
  expect(first.gaps.map(({ deployable }) => deployable)).toEqual(['plain:k8s#2', 'x']);
  expect(numbered(found, taken).deployables.map(({ id }) => id)).toEqual(['plain:k8s#3', 'plain:web#2']);
});
