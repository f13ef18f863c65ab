/** OTLP/JSON (opentelemetry-proto 1.x, trace service): ids in hex, 64-bit numbers as text, enums as numbers. */
import { z } from 'zod';
import { SPAN_KINDS, type KeptSpan } from './types.ts';

const anyValue = z.looseObject({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
});
const attributes = z.array(z.looseObject({ key: z.string(), value: anyValue.optional() })).default([]);
const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`));
const nanoseconds = z.union([z.string().regex(/^\d{1,20}$/), z.number().nonnegative()]);

const span = z.looseObject({
  traceId: hex(16),
  spanId: hex(8),
  parentSpanId: z.union([hex(8), z.literal('')]).optional(),
  name: z.string(),
  kind: z.int().min(0).max(5).default(0),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  status: z.looseObject({ code: z.number().optional() }).optional(),
});
const request = z.looseObject({
  resourceSpans: z
    .array(
      z.looseObject({
        resource: z.looseObject({ attributes }).optional(),
        scopeSpans: z.array(z.looseObject({ spans: z.array(span).default([]) })).default([]),
      }),
    )
    .default([]),
});

/** Throws a ZodError that says where the request differs from the protocol. */
export function spansOfJson(body: unknown): KeptSpan[] {
  return request.parse(body).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(record(resource?.attributes ?? [])['service.name'] ?? 'unknown_service');
    return scopeSpans.flatMap(({ spans }) => spans.map((one) => kept(one, service)));
  });
}

function kept(one: z.infer<typeof span>, service: string): KeptSpan {
  const parent = one.parentSpanId;
  return {
    traceId: one.traceId.toLowerCase(),
    spanId: one.spanId.toLowerCase(),
    ...(parent === undefined || parent === '' ? {} : { parentSpanId: parent.toLowerCase() }),
    service,
    name: one.name,
    kind: SPAN_KINDS[one.kind] ?? 'unspecified',
    start: milliseconds(one.startTimeUnixNano),
    end: milliseconds(one.endTimeUnixNano),
    error: one.status?.code === 2,
    attributes: record(one.attributes),
  };
}

/** Nanoseconds since the epoch do not fit a double: microseconds are what is kept. */
function milliseconds(nano: string | number): number {
  return Number(BigInt(nano) / 1000n) / 1000;
}

function record(all: z.infer<typeof attributes>): Record<string, string | number | boolean> {
  return Object.fromEntries(
    all.flatMap(({ key, value }) => {
      const { stringValue, boolValue, intValue, doubleValue } = value ?? {};
      const plain = stringValue ?? boolValue ?? (intValue === undefined ? doubleValue : Number(intValue));
      return plain === undefined ? [] : [[key, plain]];
    }),
  );
}
