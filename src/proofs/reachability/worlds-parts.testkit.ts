/** What random clusters are made of: few labels, names and blocks, so that policies meet often. */
import fc from 'fast-check';

export const POD_RANGE = '10.1.0.0/16';
export const NODE_RANGE = '10.2.0.0/24';

export const label = fc.constantFrom('x', 'y');
export const labels = fc.record({ app: label, tier: label }, { requiredKeys: [] });
const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom('app', 'tier'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.constantFrom(['x'], ['y'], ['x', 'y']),
  }),
  fc.record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
export const selector = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: labels.map((matchLabels) => ({ matchLabels })) },
  { weight: 2, arbitrary: fc.record({ matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }) }) },
);
export const NAMESPACES = ['one', 'two', 'six'];
/** Blocks that hold all of the pods' (nodes') range or nothing of it, then those that cut through it. */
export const WHOLE = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  POD_RANGE,
  NODE_RANGE,
  '203.0.113.0/24',
  '203.0.113.128/25',
  '0:0:0:0:0:0:0:0/0',
  'fd00:0:0:0:0:0:0:0/8',
];
export const CUTTING = ['10.1.0.0/17', '10.1.0.4/32', '10.2.0.0/25', '10.0.0.0/7'];
