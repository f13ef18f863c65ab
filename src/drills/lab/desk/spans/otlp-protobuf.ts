/**
 * OTLP/protobuf, read into the shape of OTLP/JSON, whose reader then judges both. Only the fields that are kept are read; the others are
 * stepped over by their wire type (protobuf.dev, Encoding). Field numbers: opentelemetry-proto, trace.proto and common.proto.
 */

type Fields = Map<number, (Buffer | bigint)[]>;

/** Throws a RangeError where the bytes end too early or are no protobuf. */
export function jsonOfProtobuf(bytes: Buffer): unknown {
  return {
    resourceSpans: messages(fieldsOf(bytes), 1).map((resourceSpans) => ({
      resource: { attributes: messages(resourceSpans, 1).flatMap((resource) => attributesOf(resource, 1)) },
      scopeSpans: messages(resourceSpans, 2).map((scopeSpans) => ({ spans: messages(scopeSpans, 2).map(spanOf) })),
    })),
  };
}

function spanOf(span: Fields): unknown {
  const hex = (field: number): string => bytesOf(span, field).toString('hex');
  return {
    traceId: hex(1),
    spanId: hex(2),
    parentSpanId: hex(4),
    name: bytesOf(span, 5).toString('utf8'),
    kind: Number(numberOf(span, 6)),
    startTimeUnixNano: String(numberOf(span, 7)),
    endTimeUnixNano: String(numberOf(span, 8)),
    attributes: attributesOf(span, 9),
    status: { code: Number(messages(span, 15).map((status) => numberOf(status, 3))[0] ?? 0n) },
  };
}

function attributesOf(fields: Fields, field: number): unknown[] {
  return messages(fields, field).map((pair) => ({
    key: bytesOf(pair, 1).toString('utf8'),
    value: messages(pair, 2).map(valueOf)[0],
  }));
}

function valueOf(value: Fields): unknown {
  if (value.has(1)) return { stringValue: bytesOf(value, 1).toString('utf8') };
  if (value.has(2)) return { boolValue: numberOf(value, 2) !== 0n };
  if (value.has(3)) return { intValue: String(BigInt.asIntN(64, numberOf(value, 3))) };
  if (!value.has(4)) return {};
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64LE(numberOf(value, 4));
  return { doubleValue: bits.readDoubleLE() };
}

function messages(fields: Fields, field: number): Fields[] {
  return (fields.get(field) ?? []).flatMap((value) => (typeof value === 'bigint' ? [] : [fieldsOf(value)]));
}

function bytesOf(fields: Fields, field: number): Buffer {
  const value = fields.get(field)?.at(-1);
  return value === undefined || typeof value === 'bigint' ? Buffer.alloc(0) : value;
}

function numberOf(fields: Fields, field: number): bigint {
  const value = fields.get(field)?.at(-1);
  return typeof value === 'bigint' ? value : 0n;
}

function fieldsOf(bytes: Buffer): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError('no protobuf: a number does not end');
  };
  const slice = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('no protobuf: a field is longer than its message');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const value = readValue(tag & 7, varint, slice);
    const field = Math.floor(tag / 8);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

function readValue(wire: number, varint: () => bigint, slice: (length: number) => Buffer): Buffer | bigint {
  if (wire === 0) return varint();
  if (wire === 1) return slice(8).readBigUInt64LE();
  if (wire === 2) return slice(Number(varint()));
  if (wire === 5) return BigInt(slice(4).readUInt32LE());
  throw new RangeError(`no protobuf: wire type ${wire}`);
}
