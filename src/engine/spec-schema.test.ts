import { describe, expect, it } from 'vitest';
import { specJsonSchema } from './spec-schema.ts';
import { nearest } from './spec/suggest.ts';

describe('specJsonSchema', () => {
  it('describes what a person writes: defaults are optional, other keys refused', () => {
    expect(specJsonSchema()).toMatchObject({
      type: 'object',
      required: ['apiVersion', 'kind', 'name', 'environments'],
      additionalProperties: false,
      properties: {
        services: { items: { properties: { quorum: { description: expect.stringContaining('Fewest ready') } } } },
      },
    });
  });

  it('is the same each time', () => {
    expect(JSON.stringify(specJsonSchema())).toBe(JSON.stringify(specJsonSchema()));
  });
});

describe('nearest', () => {
  it.each([
    ['htp', ['http', 'grpc'], 'http'],
    ['rotues', ['routes', 'quorum'], 'routes'],
    ['Production', ['production', 'staging'], 'production'],
    ['x', ['y', 'long'], 'y'],
    ['abcdef', ['uvwxyz'], undefined],
    ['a', [], undefined],
  ] as const)('%s among %j', (typed, candidates, expected) => {
    expect(nearest(typed, candidates)).toBe(expected);
  });
});
