import { isUtf8 } from 'node:buffer';

/** What a piece of JSON may not exceed. */
export interface JsonLimits {
  readonly bytes: number;
  /** Infinity where nothing walks the value deeper than a schema does: the parser itself does not recurse. */
  readonly depth: number;
}

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/** Parses JSON that may be hostile: bounded in size and depth, valid UTF-8, one value. Never throws. */
export function parseBoundedJson(bytes: Uint8Array, limits: JsonLimits): ParsedJson {
  if (bytes.length > limits.bytes)
    return { ok: false, reason: `it has ${bytes.length} bytes, more than ${limits.bytes}` };
  if (!isUtf8(bytes)) return { ok: false, reason: 'it is not UTF-8' };
  if (!hasFewOpeners(bytes, limits.depth) && depthOf(bytes) > limits.depth)
    return { ok: false, reason: `it is nested more than ${limits.depth} deep` };
  try {
    return { ok: true, value: JSON.parse(asText(bytes)) };
  } catch (error) {
    return { ok: false, reason: `it is not JSON: ${(error as Error).message}` };
  }
}

/** A byte-order mark is no part of JSON, but some tools write one. */
function asText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What opens no more brackets than it may nest cannot nest too deep; most documents are settled by this alone. */
function hasFewOpeners(bytes: Uint8Array, limit: number): boolean {
  if (limit === Infinity) return true;
  let openers = 0;
  for (const opener of [0x7b, 0x5b]) {
    for (let at = bytes.indexOf(opener); at >= 0; at = bytes.indexOf(opener, at + 1)) {
      openers += 1;
      if (openers > limit) return false;
    }
  }
  return true;
}

/** Deepest nesting of objects and arrays, without building any of them. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return deepest;
}
