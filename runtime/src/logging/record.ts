/** The fields of a line, from what a caller passed: redacted, and under names that cannot be mistaken for those the logger writes itself. */
import { attempt, isError } from './redact/plain.ts';
import type { Redactor } from './redact/index.ts';

export interface Fields {
  [key: string]: unknown;
}

/** Names that the logger writes by itself; a caller's field of that name is kept beside them, so that no body can forge a line. */
const RESERVED = new Set(['time', 'level', 'service', 'msg']);

/** `text` is the message that an error, or a field `msg`, stands in for when the caller gives none. */
export function fieldsOf(
  value: object,
  redactor: Redactor,
  serializers: Readonly<Record<string, (value: unknown) => unknown>>,
): { fields: Fields; text: string | undefined } {
  const copied = redactor.value(serialized(value, serializers));
  if (isError(value)) return { fields: { err: copied }, text: messageOf(copied) };
  if (typeof copied !== 'object' || copied === null || Array.isArray(copied))
    return { fields: { value: copied }, text: undefined };
  const fields: Fields = {};
  let text: string | undefined;
  for (const key in copied) {
    if (key === 'msg' && typeof copied[key] === 'string') text = copied[key];
    else fields[RESERVED.has(key) ? `field_${key}` : key] = copied[key];
  }
  return { fields, text: text ?? messageOf(copied['err']) };
}

function serialized(value: object, serializers: Readonly<Record<string, (value: unknown) => unknown>>): object {
  const names = Object.keys(serializers);
  if (names.length === 0 || isError(value)) return value;
  const out: Fields = {};
  for (const key of attempt(() => Object.keys(value)) ?? []) {
    try {
      const field = (value as Fields)[key];
      const mine = Object.hasOwn(serializers, key) && field !== undefined && !isError(field);
      out[key] = mine ? serializers[key]?.(field) : field;
    } catch {
      out[key] = '[unreadable]';
    }
  }
  return out;
}

function messageOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { message } = error as { message?: unknown };
  return typeof message === 'string' ? message : undefined;
}
