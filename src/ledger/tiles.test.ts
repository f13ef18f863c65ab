import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBundle, encodeBundle, levelsOf, parseTilePath, splitHashes, tilePath, tilesAt } from './tiles.ts';

describe('tile paths', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 3, index: 1_234_067, width: 256 }, 'tile/3/x001/x234/067'],
    [{ level: 1, index: 999, width: 1 }, 'tile/1/999.p/1'],
    [{ level: 'entries', index: 1000, width: 255 }, 'tile/entries/x001/000.p/255'],
  ] as const)('%o is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    'tile/0/0',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/x000/001',
    'tile/64/000',
    'tile/00/000',
    'tile/0/../000',
    'tile/0/001/000',
    'checkpoint',
  ])('%s is no tile', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('reads every path it writes', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 31 - 1),
        fc.integer({ min: 1, max: 256 }),
        fc.integer({ min: 0, max: 63 }),
        (index, width, level) => {
          expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
        },
      ),
    );
  });
});

describe('tiles of a tree', () => {
  it('are those of the specification for 70,000 entries', () => {
    expect(tilesAt(0, 70_000)).toEqual({ full: 273, partial: 112 });
    expect(tilesAt(1, 70_000)).toEqual({ full: 1, partial: 17 });
    expect(tilesAt(2, 70_000)).toEqual({ full: 0, partial: 1 });
    expect(levelsOf(70_000)).toBe(3);
  });

  it('are a full tile and one hash above it at 256', () => {
    expect([tilesAt(0, 256), tilesAt(1, 256), levelsOf(256), levelsOf(255), levelsOf(0)]).toEqual([
      { full: 1, partial: 0 },
      { full: 0, partial: 1 },
      2,
      1,
      0,
    ]);
  });

  it('have whole hashes only', () => {
    expect(splitHashes(new Uint8Array(33), 1)).toBeUndefined();
    expect(splitHashes(new Uint8Array(32), 2)).toBeUndefined();
    expect(splitHashes(new Uint8Array(64), 1)).toHaveLength(1);
  });
});

describe('entry bundles', () => {
  it('hold any entries, empty and longest ones too', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 })), (entries) => {
        expect(decodeBundle(encodeBundle(entries))?.map((entry) => [...entry])).toEqual(
          entries.map((entry) => [...entry]),
        );
      }),
    );
    expect(decodeBundle(encodeBundle([new Uint8Array(65_535)]))?.[0]).toHaveLength(65_535);
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(RangeError);
  });

  it('that are cut short or overlong are refused', () => {
    const bundle = encodeBundle([Buffer.from('one'), Buffer.from('two')]);
    for (let length = 1; length < bundle.length; length += 1) {
      if (length !== 5) expect(decodeBundle(bundle.subarray(0, length))).toBeUndefined();
    }
    expect(decodeBundle(Buffer.concat([bundle, Uint8Array.of(0)]))).toBeUndefined();
  });
});
