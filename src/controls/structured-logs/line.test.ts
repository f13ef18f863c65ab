import { expect, test } from 'vitest';
import { lineFaults } from './line.ts';

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
