import { expect, test } from 'vitest';
import type { Contents, Repository } from '../../model/drill/backups.ts';
import { isMet, type Measured } from '../../model/drill/drill.ts';
import { judgeContents, judgeRepository } from './judge.ts';

const way = { name: 'rdb', continuous: false, pointInTime: false, sql: false };
const good: Repository = { backups: 2, ageSeconds: 60, exposed: [], plain: [], faults: [] };
const wanted = {
  way,
  isFirst: true,
  subject: 'store/realtime',
  rpo: '1h',
  maxBaseAge: '8d',
  encrypted: true,
  begunAt: undefined,
};

function missed(work: (context: { observe: (measured: Measured) => void }) => void): string[] {
  const seen: Measured[] = [];
  work({ observe: (measured) => void seen.push(measured) });
  expect(seen.length).toBeGreaterThan(0);
  return seen
    .filter((one) => !isMet(one))
    .map(({ name, detail }) => `${name}${detail === undefined ? '' : `: ${detail}`}`);
}

test.each<[string, Partial<Repository>, string[]]>([
  ['a good one', {}, []],
  ['none at all', { backups: 0, ageSeconds: undefined }, ['backups (rdb)']],
  ['one too old for the RPO', { ageSeconds: 3601 }, ['backup age (rdb)']],
  ['one that others may read', { exposed: ['/r/1.rdb'] }, ['files that others may read (rdb): /r/1.rdb']],
  ['one that is not encrypted', { plain: ['/r/1.rdb'] }, ['files that are not encrypted (rdb): /r/1.rdb']],
  ['one of a broken page', { faults: ['page 7 is wrong'] }, ['faults noted in the repository (rdb): page 7 is wrong']],
  [
    'a log that nothing ships',
    { shippedWithin: Infinity },
    ['log is shipped within a bound (rdb): nothing makes the server ship a log that is not full'],
  ],
  ['a log that is shipped too late', { shippedWithin: 7200 }, ['longest until shipped (rdb)']],
])('a repository: %s', (_, change, expected) => {
  expect(missed((context) => judgeRepository(context, { ...wanted, found: { ...good, ...change } }))).toEqual(expected);
});

test('a tool that says it took a backup, and took none', () => {
  const judge = (ageSeconds: number) =>
    missed((context) =>
      judgeRepository(context, { ...wanted, begunAt: Date.now() - 5000, found: { ...good, ageSeconds } }),
    );
  expect(judge(3)).toEqual([]);
  expect(judge(1800)).toEqual([
    'the backup that was taken is there (rdb): the tool said that it took one, and the newest is older than that',
  ]);
});

test('tables that no log holds come back empty, which is told and no loss of the backup', () => {
  const seen: Measured[] = [];
  const whole = { orders: { rows: 2, digest: 'x' }, cache: { rows: 8, digest: 'y', unlogged: true as const } };
  const restored = { orders: { rows: 2, digest: 'x' }, cache: { rows: 0, digest: '0', unlogged: true as const } };
  const contents = { way, isOwn: true, subject: 'store/orders', before: whole, after: whole, restored };
  judgeContents({ observe: (measured) => void seen.push(measured) }, contents);
  expect(seen.filter((one) => !isMet(one))).toEqual([]);
  expect(seen.at(-1)).toMatchObject({
    name: 'rows that no log holds and that did not come back (rdb)',
    value: 8,
    detail: 'cache',
  });
  // They do not stand for what is in the log.
  const lost = { orders: { rows: 0, digest: '0' }, cache: whole.cache };
  expect(missed((context) => judgeContents(context, { ...contents, restored: lost }))).toEqual([
    'rows that came back (rdb): 2 before, 2 after',
    'different from the original (rdb): orders has 0 rows instead of 2',
  ]);
});

test('a full backup under a log may be older than the RPO', () => {
  const continuous = { ...way, continuous: true };
  const judge = (ageSeconds: number) =>
    missed((context) => judgeRepository(context, { ...wanted, way: continuous, found: { ...good, ageSeconds } }));
  expect(judge(7 * 86_400)).toEqual([]);
  expect(judge(9 * 86_400)).toEqual(['backup age (rdb)']);
});

test('what did not change is compared; what did is not, unless it is gone', () => {
  const before = { a: { rows: 3, digest: 'x' }, b: { rows: 5, digest: 'y' }, c: { rows: 1, digest: 'z' } };
  const after = { ...before, b: { rows: 6, digest: 'yy' } };
  const judge = (restored: typeof before | object) =>
    missed((context) =>
      judgeContents(context, { way, isOwn: true, subject: 's', before, after, restored: restored as typeof before }),
    );
  expect(judge(before)).toEqual([]);
  expect(judge({ ...before, b: { rows: 7, digest: 'q' } })).toEqual([]);
  expect(judge({ ...before, a: { rows: 2, digest: 'w' } })).toEqual([
    'different from the original (rdb): a has 2 rows instead of 3',
  ]);
  expect(judge({ ...before, c: { rows: 1, digest: 'changed' } })).toEqual([
    'different from the original (rdb): c has 1 rows as before, and not the same ones',
  ]);
  expect(judge({ a: before.a })).toEqual([
    'rows that came back (rdb): 9 before, 10 after',
    'different from the original (rdb): c is missing, b is missing',
  ]);
});

test('a store in use that comes back empty, or halved, has lost its rows', () => {
  const before = { db0: { rows: 50_000 } };
  const after = { db0: { rows: 50_007 } };
  const judge = (rows: number, isOwn = true) =>
    missed((context) =>
      judgeContents(context, { way, isOwn, subject: 's', before, after, restored: { db0: { rows } } }),
    );
  const lost = ['rows that came back (rdb): 50000 before, 50007 after'];
  expect(judge(50_003)).toEqual([]);
  expect(judge(0)).toEqual(lost);
  expect(judge(24_000)).toEqual(lost);
  // A backup of yesterday may rightly have had fewer.
  expect(judge(24_000, false)).toEqual([]);
  expect(judge(0, false)).toEqual(lost);
});

test('an empty store comes back empty', () => {
  const none = { db0: { rows: 0 } };
  expect(
    missed((context) =>
      judgeContents(context, { way, isOwn: true, subject: 's', before: none, after: none, restored: none }),
    ),
  ).toEqual([]);
});

test('a table that is dropped while the backup is made may lack in the copy, and one that is only written to may not', () => {
  const before = { orders: { rows: 2, digest: 'x' }, visits: { rows: 1, digest: 'y' } };
  const judge = (after: Contents) =>
    missed((context) =>
      judgeContents(context, {
        way,
        isOwn: true,
        subject: 'store/orders',
        before,
        after,
        restored: { orders: { rows: 2, digest: 'x' } },
      }),
    );
  expect(judge({ orders: { rows: 2, digest: 'x' } })).toEqual([]);
  expect(judge({ ...before, visits: { rows: 2, digest: 'z' } })).toEqual([
    'different from the original (rdb): visits is missing',
  ]);
});
