import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersects } from './glob.ts';

describe('intersects', () => {
  it.each([
    ['notify.user.*', 'notify.user.*', true],
    ['notify.*', 'notify.user.*', true],
    ['notify.us?r.1', 'notify.user.*', true],
    ['notify.admin.*', 'notify.user.*', false],
    ['*', 'anything', true],
    ['', '*', true],
    ['a[b-d]', 'ac', true],
    ['a[^b]', 'ab', false],
    ['a\\*', 'ab', false],
    ['*.x', 'y.*', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(intersects(a, b)).toBe(expected);
    expect(intersects(b, a)).toBe(expected);
  });

  it('finds a name that both match whenever there is one', () => {
    const pattern = fc
      .array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '[^a]'), { maxLength: 5 })
      .map((parts) => parts.join(''));
    const names = [
      '',
      ...['a', 'b', 'c'].flatMap((x) => [
        x,
        ...['a', 'b', 'c'].flatMap((y) => [x + y, ...['a', 'b', 'c'].map((z) => x + y + z)]),
      ]),
    ];
    const matches = (glob: string, name: string): boolean =>
      new RegExp(`^${glob.replaceAll('?', '.').replaceAll('*', '.*')}$`).test(name);
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        if (names.some((name) => matches(a, name) && matches(b, name))) expect(intersects(a, b)).toBe(true);
      }),
    );
  });
});
