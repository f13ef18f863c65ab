import { expect, test } from 'vitest';
import { formatTraceparent, isRequestId, parseBaggage, parseTraceparent, parseTracestate } from './index.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('a valid traceparent is read and written', () => {
  const parsed = parseTraceparent(`00-${TRACE}-${SPAN}-01`);
  expect(parsed).toEqual({ traceId: TRACE, spanId: SPAN, flags: 1 });
  expect(parsed && formatTraceparent(parsed)).toBe(`00-${TRACE}-${SPAN}-01`);
});

test('a higher version is read by its first four fields, and unknown flags are dropped', () => {
  expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`)).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    flags: 1,
  });
  expect(parseTraceparent(`00-${TRACE}-${SPAN}-ff`)?.flags).toBe(3);
});

test('what the specification calls invalid is refused', () => {
  const bad = [
    undefined,
    '',
    ['a', 'b'],
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-extra`,
    `00-${TRACE}-${SPAN}-01.`,
    `cc-${TRACE}-${SPAN}-01.x`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-1`,
    `0-${TRACE}-${SPAN}-01`,
    `00_${TRACE}_${SPAN}_01`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `cc-${TRACE}-${SPAN}-01-${'x'.repeat(1000)}`,
  ];
  for (const value of bad) expect(parseTraceparent(value), String(value)).toBeUndefined();
});

test('tracestate is kept in order, and dropped when it is malformed', () => {
  expect(parseTracestate(' foo=1 , bar@ven=2=x'.replace('=x', '')))?.toBe('foo=1,bar@ven=2');
  expect(parseTracestate(['a=1', 'b=2'])).toBe('a=1,b=2');
  expect(parseTracestate('a=1,,b=2,')).toBe('a=1,b=2');
  for (const bad of [
    '',
    'A=1',
    'a',
    '=1',
    'a=',
    'a=1,a=2',
    'a=\u0001',
    'a=b=c',
    Array.from({ length: 33 }, (_, i) => `k${i}=1`).join(','),
  ])
    expect(parseTracestate(bad), bad).toBeUndefined();
  expect(
    parseTracestate(Array.from({ length: 30 }, (_, i) => `k${i}=${'v'.repeat(40)}`).join(','))?.length,
  ).toBeLessThanOrEqual(512);
});

test('request ids are bounded in characters and length', () => {
  for (const good of ['abcdefgh', 'a1b2-c3d4_e5:f6.7', 'x'.repeat(128)]) expect(isRequestId(good)).toBe(true);
  for (const bad of [
    'short',
    'x'.repeat(129),
    'with space1',
    'line\nbreak1',
    '<script>12',
    'ünïcödé12',
    '',
    12_345_678,
    ['abcdefgh'],
    'abcdefgh\r\nX: y',
  ])
    expect(isRequestId(bad), String(bad)).toBe(false);
});

test('baggage passes only by name, and without control characters', () => {
  const allowed = new Set(['tenant']);
  expect(parseBaggage('tenant=a%20b;prop=1,secret=x', allowed)).toEqual({ tenant: 'a b' });
  for (const bad of ['secret=x', 'tenant=%0Aforged', 'tenant=%zz', `tenant=${'x'.repeat(300)}`, '', undefined])
    expect(parseBaggage(bad, allowed)).toBeUndefined();
  expect(parseBaggage('tenant=a', new Set())).toBeUndefined();
});
