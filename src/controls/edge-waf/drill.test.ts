import { expect, test } from 'vitest';
import { attacks } from './corpus/attacks.ts';
import { benign, CALLS } from './corpus/benign.ts';
import { CLAIMS, claimedAt } from './corpus/claims.ts';
import { held } from './held.ts';
import { control } from './index.ts';
import { byRule, classesBelow, isNoted, rateOf, summary, type Judged } from './tally.ts';

test('the corpora are several hundred each, the same every time, and no request is there twice', () => {
  for (const make of [attacks, benign]) {
    const requests = make('/api/v1/items');
    expect(requests.length).toBeGreaterThan(280);
    expect(make('/api/v1/items')).toEqual(requests);
    expect(new Set(requests.map(({ name }) => name)).size).toBe(requests.length);
    expect(
      new Set(requests.map(({ method, path, headers, body }) => JSON.stringify([method, path, headers, body]))).size,
    ).toBe(requests.length);
  }
  expect(benign('/x').filter((one) => one.class === CALLS)).toHaveLength(200);
});

test('of every class it is said whether the rule set claims it, and a higher level claims no less', () => {
  expect([...new Set(attacks('/x').map((one) => one.class))].toSorted()).toEqual(Object.keys(CLAIMS).toSorted());
  expect(claimedAt(1)).toContain('SQL injection');
  expect(claimedAt(1)).not.toContain('XML entities');
  for (const level of [2, 3, 4] as const)
    expect(claimedAt(level)).toEqual(expect.arrayContaining(claimedAt((level - 1) as 1 | 2 | 3)));
});

test('a platform can ask for more classes and for another share, and not for fewer classes', () => {
  const params = control.params.parse({ alsoDetect: ['XML entities'], minDetection: { level1: 0.7 } });
  expect(held(params, 1)).toEqual({ classes: [...claimedAt(1), 'XML entities'], share: 0.7 });
  expect(held(params, 2).share).toBe(control.params.parse({}).minDetection.level2);
});

test('every request can be sent as it is', () => {
  for (const { path, body = '', headers = {} } of [...attacks('/x'), ...benign('/x')]) {
    expect(path).toMatch(/^\/[\x21-\x7e]*$/);
    expect(Object.values(headers).every((value) => /^[\x20-\x7e]*$/.test(value))).toBe(true);
    expect(body.isWellFormed()).toBe(true);
  }
});

const judged = (attack: boolean, rules: string[], wanted?: string[]): Judged => ({
  request: {
    class: attack ? 'SQL injection' : 'calls',
    name: rules.join(),
    want: { attack, ...(wanted === undefined ? {} : { rules: wanted }) },
    method: 'GET',
    path: '/',
  },
  rules,
});

test('noted is what would be refused; a rule alone is below the threshold', () => {
  expect(isNoted(judged(true, ['942100', '949110']))).toBe(true);
  expect(isNoted(judged(true, ['942432']))).toBe(false);
  expect(isNoted(judged(true, ['942432'], ['942432']))).toBe(true);
  expect(isNoted(judged(false, ['949110'], ['942432']))).toBe(false);
});

test('rates, rules and what was missed or mistaken', () => {
  const all = [
    judged(true, ['942100', '949110', '980130']),
    judged(true, []),
    judged(false, ['942100', '942190', '949110']),
  ];
  expect(rateOf(all.slice(0, 2))).toBe(0.5);
  expect(rateOf([])).toBeNaN();
  expect(byRule(all)).toBe('942100 x 2, 942190 x 1');
  expect(byRule([])).toBe('no rule');
  expect(summary(all)).toEqual({
    classes: [
      { name: 'SQL injection', sent: 2, noted: 1 },
      { name: 'calls', sent: 1, noted: 1 },
    ],
    missed: [''],
    mistaken: [{ name: '942100,942190,949110', rules: ['942100', '942190', '949110'] }],
  });
});

test('a class of which nothing is noted is told, however many others are', () => {
  const one = (name: string, rules: string[]): Judged => {
    const { request } = judged(true, rules);
    return { request: { ...request, class: name }, rules };
  };
  const seen = ['949110'];
  const all = [
    ...Array.from({ length: 50 }, () => one('SQL injection', seen)),
    one('scanner', []),
    one('LDAP injection', []),
    one('LDAP injection', seen),
  ];
  expect(classesBelow(all, Number.MIN_VALUE)).toEqual(['scanner']);
  expect(classesBelow(all, 0.8)).toEqual(['scanner', 'LDAP injection']);
});
