import { expect, test } from 'vitest';
import { lineFaults, linesSince } from './line.ts';

const schema = {
  fields: ['time', 'level'],
  requestMark: 'status',
  requestFields: ['request_id', 'user_agent'],
};

test.each([
  ['{"time":"t","level":"info"}', []],
  ['{"time":"t","level":"info","status":200,"request_id":"1","user_agent":""}', []],
  [
    '{"time":"t","level":"info","status":200,"request_id":null}',
    ['a line about a request has no request_id', 'a line about a request has no user_agent'],
  ],
  ['{"time":"t"}', ['a line has no level']],
  ['plain text', ['the line is no JSON object']],
  ['["time"]', ['the line is no JSON object']],
  ['', ['the line is no JSON object']],
])('%s', (line, faults) => {
  expect(lineFaults(line, schema).faults).toEqual(faults);
});

test.each([
  ['nothing was there', '', 'a b', 'a b'],
  ['nothing has come', 'a b', 'a b', ''],
  ['some have come', 'a b', 'a b c d', 'c d'],
  ['the oldest have gone meanwhile', 'a b c', 'c d e', 'd e'],
  ['all have gone meanwhile', 'a b', 'c d', 'c d'],
  ['the same line came once more', 'a b', 'a b b', 'b'],
])('lines since an earlier look: %s', (_, earlier, later, since) => {
  const lines = (text: string) => text.split(' ').filter(Boolean);
  expect(linesSince(lines(earlier), lines(later))).toEqual(lines(since));
});
