import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockOf, joined } from '../reachability/index.ts';
import { cidrsOf } from './cidrs.ts';

const block = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 32 }))
  .map(([a, b, bits]) => blockOf(`${a}.${b}.0.0/${bits}`) ?? []);

describe('cidrsOf', () => {
  it('makes up the same set again', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 5 }), (blocks) => {
        const set = joined(blocks);
        expect(joined(cidrsOf(set).map((text) => blockOf(text) ?? []))).toEqual(set);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [['10.0.0.0/9', '10.128.0.0/9'], ['10.0.0.0/8']],
    [
      ['10.40.0.0/22', '10.40.4.0/22', '10.40.8.0/22'],
      ['10.40.0.0/21', '10.40.8.0/22'],
    ],
    [['fd00::/8'], ['fd00:0:0:0:0:0:0:0/8']],
  ])('writes %j as %j', (blocks, texts) => {
    expect(cidrsOf(joined(blocks.map((text) => blockOf(text) ?? [])))).toEqual(texts);
  });
});
