/** The fields of the context that a line is written in: read for each line, redacted like all others, and never the cost of one. */
import type { Fields } from './record.ts';
import type { Redactor } from './redact/index.ts';

const IDS = new Set(['request_id', 'trace_id', 'span_id']);
/** Of spans, traces and UUIDs. */
const LENGTHS = new Set([16, 32, 36]);

export function contextOf(context: (() => object | undefined) | undefined, redactor: Redactor): () => Fields {
  if (context === undefined) return () => ({});
  return () => {
    try {
      return safe((context() ?? {}) as Fields, redactor);
    } catch {
      return {};
    }
  };
}

/** A copy without what is undefined or JSON cannot hold, unless there are ids only. */
function safe(context: Fields, redactor: Redactor): Fields {
  let isSafe = true;
  for (const key in context) isSafe &&= isId(key, context[key]);
  if (isSafe) return context;
  const out: Fields = {};
  for (const key in context) {
    const value = context[key];
    if (value !== undefined) out[key] = isId(key, value) ? value : redactor.value(value, key);
  }
  return out;
}

/** Ids come anew with each request, and correlation has looked at them: by name and length they cost nothing here. */
function isId(key: string, value: unknown): boolean {
  return IDS.has(key) && typeof value === 'string' && LENGTHS.has(value.length);
}
