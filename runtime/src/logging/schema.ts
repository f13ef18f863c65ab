/** What a log line looks like, as data for whoever reads logs, and a check of it for tests and drills. */

const ID = { type: 'string', pattern: '^[A-Za-z0-9._:-]{8,128}$' };

/** JSON Schema (2020-12) of a line. A line about a request has `route`, `method`, `status`, `latency_ms` and `user_agent` together. */
export const logLineSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Log line',
  type: 'object',
  required: ['time', 'level', 'service'],
  properties: {
    time: { type: 'string', format: 'date-time', description: 'RFC 3339, UTC, milliseconds' },
    level: { enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] },
    service: { type: 'string', minLength: 1 },
    msg: { type: 'string' },
    request_id: ID,
    trace_id: { type: 'string', pattern: '^(?!0+$)[0-9a-f]{32}$' },
    span_id: { type: 'string', pattern: '^(?!0+$)[0-9a-f]{16}$' },
    route: { type: 'string', description: 'The pattern, never the path' },
    method: { type: 'string', pattern: '^[A-Z-]+$' },
    status: { type: 'integer', minimum: 100, maximum: 599 },
    latency_ms: { type: 'number', minimum: 0 },
    user_agent: { type: 'string', maxLength: 300 },
    user: { type: 'string' },
  },
  dependentRequired: {
    route: ['method', 'status', 'latency_ms', 'user_agent', 'request_id', 'trace_id'],
    status: ['route'],
    request_id: ['trace_id'],
    trace_id: ['span_id'],
  },
  additionalProperties: true,
} as const;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const REQUEST = ['route', 'method', 'status', 'latency_ms', 'user_agent', 'request_id', 'trace_id', 'span_id'];

interface Rule {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What is wrong with a line, in words; nothing when it fits. `request` demands the fields of a request as well. */
export function checkLine(line: string, kind: 'any' | 'request' = 'any'): string[] {
  if (line.replace(/\n$/, '').includes('\n')) return ['holds more than one line'];
  const fields = parse(line);
  if (fields === undefined) return ['is no JSON object'];
  const needs = [...logLineSchema.required, ...(kind === 'request' ? REQUEST : [])];
  const missing = needs.filter((name) => fields[name] === undefined).map((name) => `${name} is missing`);
  const wrong = Object.entries(logLineSchema.properties).flatMap(([name, rule]) =>
    fields[name] === undefined ? [] : faults(name, fields[name], rule),
  );
  const apart = Object.entries(logLineSchema.dependentRequired).flatMap(([name, others]) =>
    fields[name] === undefined
      ? []
      : others.filter((other) => fields[other] === undefined).map((other) => `${name} stands without ${other}`),
  );
  const time = fields['time'];
  const clock =
    typeof time === 'string' && (!TIME.test(time) || Number.isNaN(Date.parse(time)))
      ? ['time is no RFC 3339 time in UTC']
      : [];
  return [
    ...missing,
    ...wrong,
    ...clock,
    ...apart.filter((fault) => !missing.some((each) => fault.endsWith(` ${each.split(' ')[0]}`))),
  ];
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function faults(name: string, value: unknown, rule: Rule): string[] {
  if (rule.enum !== undefined)
    return rule.enum.includes(value as string) ? [] : [`${name} is none of ${rule.enum.join(', ')}`];
  if (rule.type === 'string') {
    if (typeof value !== 'string') return [`${name} is no text`];
    if (value.length < (rule.minLength ?? 0) || value.length > (rule.maxLength ?? Number.POSITIVE_INFINITY))
      return [`${name} has ${value.length} characters`];
    return rule.pattern === undefined || new RegExp(rule.pattern).test(value)
      ? []
      : [`${name} does not match ${rule.pattern}`];
  }
  if (typeof value !== 'number' || (rule.type === 'integer' && !Number.isInteger(value)))
    return [`${name} is no ${rule.type ?? 'number'}`];
  return value < (rule.minimum ?? -Infinity) || value > (rule.maximum ?? Infinity) ? [`${name} is out of range`] : [];
}
