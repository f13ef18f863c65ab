import { expect, test } from 'vitest';
import { mayWriteAll } from './replay.ts';

test.each([
  ['off ~* +@all', true],
  ['off resetkeys ~* resetchannels -@all +@write', true],
  ['off allkeys allcommands', true],
  ['off %RW~* +@write', true],
  ['off %W~* +@write', true],
  ['', false],
  ['off', false],
  ['off ~* +@read', false],
  ['off ~cache:* +@write', false],
  ['off %R~* +@write', false],
  ['off ~* +@all -@write', false],
  ['off +@all ~* resetkeys', false],
  ['on ~* +@all reset off', false],
])('a user of the rules "%s" may write all: %s', (rules, expected) => {
  expect(mayWriteAll(rules.split(' '))).toBe(expected);
});
