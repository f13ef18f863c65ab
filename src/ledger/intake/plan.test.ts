import { describe, expect, it } from 'vitest';
import { readPlan } from './plan.ts';

const base = {
  format_version: '1.2',
  terraform_version: '1.12.2',
  planned_values: {
    root_module: { resources: [{}, {}], child_modules: [{ resources: [{}], child_modules: [{ resources: [{}] }] }] },
  },
  resource_changes: [{ address: 'a', change: { actions: ['no-op'], before: { password: 'hunter2' } } }],
  timestamp: '2026-11-27T05:00:00Z',
  errored: false,
  complete: true,
};
const read = (plan: object) => readPlan(Buffer.from(JSON.stringify(plan)), 'plan.json');

describe('plans', () => {
  it('are reduced to numbers, without any of their values', () => {
    const read1 = read({
      ...base,
      resource_changes: [
        ['no-op'],
        ['create'],
        ['delete', 'create'],
        ['create', 'delete'],
        ['delete'],
        ['update'],
        ['read'],
      ].map((actions) => ({ change: { actions, after: 'hunter2' } })),
      resource_drift: [{ change: { actions: ['update'] } }, { change: { actions: ['no-op'] } }],
      output_changes: { url: { actions: ['update'] } },
      checks: [{ status: 'fail' }, { status: 'pass' }],
    });
    expect(read1.facts).toEqual({
      plan: '1.2',
      terraform: '1.12.2',
      resources: 4,
      create: 1,
      update: 1,
      replace: 2,
      delete: 1,
      drift: 1,
      outputs: 1,
      failedChecks: 1,
      errored: false,
      complete: true,
      madeAt: '2026-11-27T05:00:00.000Z',
    });
    expect(JSON.stringify(read1)).not.toContain('hunter2');
  });

  it.each([
    ['a resource that is forgotten', { actions: ['forget'] }],
    ['one that is taken in', { actions: ['no-op'], importing: { id: 'i-1' } }],
    ['one that something is done to that has no name here', { actions: ['rename'] }],
  ])('%s is a change', (_, taken) => {
    expect(read({ ...base, resource_changes: [{ change: taken }] }).facts).toMatchObject({ update: 1, delete: 0 });
  });

  it.each([[undefined], [null], [[]]])(
    'that hold resources and say nothing of what becomes of them (%j) are refused: they plan nothing',
    (resource_changes) => {
      expect(() => read({ ...base, resource_changes })).toThrow(/holds 4 resources and does not say/);
      expect(read({ ...base, resource_changes, planned_values: undefined }).facts['resources']).toBe(0);
    },
  );

  it.each([
    ['no JSON', 'x'],
    ['a state', JSON.stringify({ format_version: '1.0', values: {} })],
    ['another version', JSON.stringify({ ...base, format_version: '2.0' })],
    ['a list', '[]'],
    ['deep nesting', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('%s is refused', (_, text) => {
    expect(() => readPlan(Buffer.from(text), 'plan.json')).toThrow(/plan\.json: not a plan in JSON/);
  });
});
