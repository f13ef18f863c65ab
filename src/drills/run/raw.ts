/** Raw measurements of a run, kept as JSON files beside its evidence. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawRecord } from '../../model/drill/record.ts';

/** One file's bound: samples of minutes, not a database. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Writes one; its name becomes a safe file name, unlike those before it. Throws for more than 64 MiB. */
export function keepRaw(folder: string, name: string, data: unknown, atMs: number, index: number): RawRecord {
  const bytes = Buffer.from(`${JSON.stringify(data)}\n`);
  if (bytes.length > MOST_BYTES) throw new Error(`"${name}" has ${bytes.length} bytes, more than ${MOST_BYTES}`);
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
  const file = join('raw', `${String(index).padStart(3, '0')}-${plain}.json`);
  mkdirSync(join(folder, 'raw'), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, file), bytes, { mode: 0o600, flag: 'wx' });
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { name, file, bytes: bytes.length, digest, atMs };
}
