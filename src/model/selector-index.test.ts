import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SelectorIndex } from './selector-index.ts';

const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'team'), fc.constantFrom('a', 'b', 'c'));
const matches = (selector: Record<string, string>, own: Record<string, string>): boolean =>
  Object.entries(selector).every(([key, value]) => own[key] === value);

describe('the index of selectors', () => {
  it('finds every selector that selects the labels, in order', () => {
    fc.assert(
      fc.property(fc.array(labels), labels, (selectors, own) => {
        const found = new SelectorIndex(selectors, (selector) => selector).candidates(own);
        expect(found.filter((selector) => matches(selector, own))).toEqual(
          selectors.filter((one) => matches(one, own)),
        );
      }),
    );
  });

  it('asks few of many that share a label', () => {
    const selectors = Array.from({ length: 1000 }, (_, n) => ({ 'part-of': 'shop', app: `svc-${n}` }));
    const index = new SelectorIndex(selectors, (selector) => selector);
    expect(index.candidates({ 'part-of': 'shop', app: 'svc-7', pod: 'x' })).toEqual([selectors[7]]);
  });
});
