import type { Statement } from '../model/evidence.ts';
import { LaunchgateError } from '../model/errors.ts';
import { parseBoundedJson } from './bounded-json.ts';
import { checkStatement } from './shapes.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/** Longest payload that is read. */
export const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;
const MAX_DEPTH = 64;

/** Reads a statement from payload bytes. Throws `evidence-invalid`, naming `where` and the member that is wrong. */
export function parseStatement(payload: Uint8Array, where: string): Statement {
  const json = parseBoundedJson(payload, { bytes: MAX_PAYLOAD_BYTES, depth: MAX_DEPTH });
  const checked = json.ok ? checkStatement(json.value) : json;
  if (checked.ok) return checked.value;
  throw new LaunchgateError('evidence-invalid', `${where}: not an in-toto Statement v1: ${checked.reason}`, {
    next: 'Write the statement again with the tool that made it.',
  });
}
