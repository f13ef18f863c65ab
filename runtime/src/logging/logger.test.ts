import { expect, test } from 'vitest';
import { checkLine, createLogger, type LoggerOptions } from './index.ts';
import { writeReady } from './logger.ts';

function logger(options: Partial<LoggerOptions> = {}): {
  log: ReturnType<typeof createLogger>;
  lines: () => Record<string, unknown>[];
} {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const log = createLogger({ service: 'test', level: 'trace', destination, ...options });
  return { log, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a line has time, level, service and message, and fits the schema', () => {
  const { log, lines } = logger({ base: { version: '1' } });
  log.info({ node: 'n1' }, 'started %d of %s', 1, 'x');
  expect(lines()[0]).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    service: 'test',
    version: '1',
    node: 'n1',
    msg: 'started 1 of x',
  });
  expect(checkLine(JSON.stringify(lines()[0]))).toEqual([]);
});

test('ids come from the context, and a caller cannot replace them or what the logger writes', () => {
  const { log, lines } = logger({ context: () => ({ request_id: 'real-id-1' }) });
  log.info({ request_id: 'forged-id', level: 'fatal', service: 'other', time: 'never', msg: 'text' });
  expect(lines()[0]).toMatchObject({
    request_id: 'real-id-1',
    field_request_id: 'forged-id',
    level: 'info',
    field_level: 'fatal',
    service: 'test',
    field_service: 'other',
    msg: 'text',
  });
});

test('a context that throws costs no line', () => {
  const { log, lines } = logger({
    context: () => {
      throw new Error('no context');
    },
  });
  log.info('still here');
  expect(lines()[0]).toMatchObject({ msg: 'still here' });
});

test('fields of the context are redacted and fit into JSON, also in lines that are ready', () => {
  const fields = {
    tenant: undefined,
    n: 10n,
    'a"b': 1,
    authorization: 'Bearer Hunter2Xy9',
    path: '/x?token=Hunter2Xy9',
    request_id: '9b2f6c1e-7d3a-4c57-9a55-0a3a1f2e4d5c',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  };
  const { log, lines } = logger({ context: () => fields });
  log.info('plain');
  writeReady(log, 'info', ',"msg":"ready"');
  const { tenant: _, ...kept } = fields;
  const clean = { ...kept, n: '10', authorization: '[redacted]', path: '/x?token=[redacted]' };
  expect(lines()).toMatchObject([clean, clean]);
  expect(lines()[0]).not.toHaveProperty('tenant');
  const open = logger({ context: () => fields, redaction: false });
  open.log.info('open');
  expect(open.lines()[0]).toMatchObject({ authorization: 'Bearer Hunter2Xy9' });
});

test('children inherit redaction, serializers and bindings', () => {
  const { log, lines } = logger();
  const child = log.child({ token: 'x', part: 'a' }, { serializers: { it: () => ({ password: 'x', kept: 1 }) } });
  child.child({ more: 1 }).info({ it: {} }, 'nested');
  child.setBindings({ secret: 'x' });
  child.info('bound');
  expect(lines()[0]).toMatchObject({
    token: '[redacted]',
    part: 'a',
    more: 1,
    it: { password: '[redacted]', kept: 1 },
  });
  expect(lines()[1]).toMatchObject({ secret: '[redacted]' });
});

test('an error is its own message', () => {
  const { log, lines } = logger();
  log.error(new TypeError('broken'));
  log.error({ err: new Error('inner') });
  expect(lines()).toMatchObject([{ msg: 'broken', err: { type: 'TypeError', message: 'broken' } }, { msg: 'inner' }]);
});

test('whatever is logged, a line is one line of JSON', () => {
  const { log, lines } = logger();
  for (const value of [null, undefined, 1, true, 10n, Symbol('s'), [1, 2], () => 1, 'a\nb\u0000\u001b[31m', '\ud800'])
    log.info(value as string);
  expect(lines()).toHaveLength(10);
});

test('checkLine says what is wrong', () => {
  expect(checkLine('no json')).toEqual(['is no JSON object']);
  expect(checkLine('{}')).toEqual(['time is missing', 'level is missing', 'service is missing']);
  expect(checkLine('{"time":"yesterday","level":"loud","service":""}')).toHaveLength(3);
  const ids = { request_id: 'abcdefgh', trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
  const line = {
    time: '2026-01-01T00:00:00.000Z',
    level: 'info',
    service: 's',
    route: '/x',
    method: 'GET',
    status: 200,
    latency_ms: 1.5,
    user_agent: '',
    ...ids,
  };
  expect(checkLine(JSON.stringify(line), 'request')).toEqual([]);
  expect(checkLine(JSON.stringify({ ...line, trace_id: '0'.repeat(32), status: 99 }), 'request')).toHaveLength(2);
  expect(checkLine(JSON.stringify({ ...line, status: undefined }), 'request')).toEqual(['status is missing']);
});
