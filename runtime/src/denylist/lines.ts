/**
 * The copy of a deny-list as text, on disk and in Redis: a header, one line per entry, and the SHA-256 of all before it. Written and
 * read in slices, so that a million entries never hold the process up.
 */
import { createHash } from 'node:crypto';
import { breathe } from '../shared/pause.ts';
import type { Entries } from './entries.ts';
import { KINDS, type Change, type Kind, type Position, type Rebuild } from './types.ts';

const FORMAT = 'launchgate-denylist/1';
const SLICE = 1000;
const LONGEST_LINE = 8192;
const LARGEST = 1024 ** 3;

export interface SnapshotHeader extends Position {
  /** Unix ms up to which the copy was complete. */
  readonly asOf: number;
}

export async function* writeLines(entries: Entries, header: SnapshotHeader): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const { id, mark, asOf } = header;
  let slice = `${JSON.stringify({ format: FORMAT, id, mark, asOf })}\n`;
  let lines = 0;
  for (const change of entries.changes()) {
    const { kind, value, issuedBefore } = change;
    slice += `${JSON.stringify(issuedBefore === undefined ? [kind, value, change.id] : [kind, value, change.id, issuedBefore])}\n`;
    lines += 1;
    if (lines % SLICE !== 0) continue;
    hash.update(slice);
    yield slice;
    slice = '';
    await breathe();
  }
  hash.update(slice);
  yield `${slice}${JSON.stringify({ sha256: hash.digest('hex') })}\n`;
}

/** Fills `rebuild` and answers the header; throws on anything that `writeLines` did not write whole. Commit only after it has answered. */
export async function readLines(chunks: AsyncIterable<Uint8Array | string>, rebuild: Rebuild): Promise<SnapshotHeader> {
  const hash = createHash('sha256');
  let header: SnapshotHeader | undefined;
  let digest: string | undefined;
  let batch: Change[] = [];
  for await (const line of linesOf(chunks)) {
    if (digest !== undefined) throw new Error('the deny-list copy goes on after its digest');
    if (line.startsWith('{"sha256":')) {
      digest = digestOf(line);
      continue;
    }
    hash.update(`${line}\n`);
    if (header === undefined) header = headerOf(line);
    else batch.push(changeOf(line));
    if (batch.length < SLICE) continue;
    rebuild.add(batch);
    batch = [];
    await breathe();
  }
  rebuild.add(batch);
  if (header === undefined || digest === undefined) throw new Error('the deny-list copy ends before its digest');
  if (digest !== hash.digest('hex')) throw new Error('the deny-list copy does not have the digest it states');
  return header;
}

async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let read = 0;
  for await (const chunk of chunks) {
    read += chunk.length;
    if (read > LARGEST) throw new Error(`the deny-list copy is larger than ${LARGEST} bytes`);
    const lines = `${rest}${typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new Error(`a line of the deny-list copy is longer than ${LONGEST_LINE}`);
    yield* lines;
  }
  if (rest !== '') throw new Error('the deny-list copy ends within a line');
}

function headerOf(line: string): SnapshotHeader {
  const header = JSON.parse(line) as Partial<SnapshotHeader> & { format?: unknown };
  const { format, id, mark, asOf } = header;
  if (format !== FORMAT || !Number.isSafeInteger(id) || typeof mark !== 'string' || !Number.isFinite(asOf))
    throw new Error(`the deny-list copy does not begin with a header of ${FORMAT}`);
  return { id: Number(id), mark, asOf: Number(asOf) };
}

function digestOf(line: string): string {
  const { sha256 } = JSON.parse(line) as { sha256?: unknown };
  if (typeof sha256 !== 'string') throw new Error('the digest of the deny-list copy is no text');
  return sha256;
}

function changeOf(line: string): Change {
  const parts: unknown = JSON.parse(line);
  const [kind, value, id, issuedBefore] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (!isKind(kind) || typeof value !== 'string' || !Number.isSafeInteger(id))
    throw new Error('a line of the deny-list copy is no entry');
  const change = { id: Number(id), mark: '', kind, value };
  return typeof issuedBefore === 'number' ? { ...change, issuedBefore } : change;
}

export function isKind(kind: unknown): kind is Kind {
  return (KINDS as readonly unknown[]).includes(kind);
}
