/**
 * A secret comes as `NAME`, or as a file in `NAME_FILE`, which is read again when it has changed: mounted secrets are renewed under a running
 * process. A file that is empty or gone for a moment leaves the last value in force.
 */
import { readFileSync, statSync } from 'node:fs';
import { ConfigInvalid } from './invalid.ts';

const MAX_BYTES = 65_536;

/** Undefined when neither is set. Throws ConfigInvalid when the file cannot be read at the start. */
export function secretReader(name: string, variables: Readonly<Record<string, unknown>>): (() => string) | undefined {
  const file = variables[`${name}_FILE`];
  const value = variables[name];
  if (typeof file !== 'string') return typeof value === 'string' ? () => value : undefined;
  let current = '';
  let seen = '';
  const read = (): string => {
    const { mtimeNs, size, ino } = statSync(file, { bigint: true });
    const mark = `${mtimeNs} ${size} ${ino}`;
    if (mark === seen) return current;
    const text = readFileSync(file, 'utf8').trimEnd();
    if (text === '' || text.length > MAX_BYTES) throw new Error(`expected 1 to ${MAX_BYTES} bytes`);
    seen = mark;
    return (current = text);
  };
  try {
    read();
  } catch (error) {
    throw new ConfigInvalid([`${name}_FILE: ${error instanceof Error ? error.message : 'cannot be read'}`]);
  }
  return () => {
    try {
      return read();
    } catch {
      return current;
    }
  };
}

/** As `secretReader`, for what the service cannot do without. */
export function requiredSecret(name: string, variables: Readonly<Record<string, unknown>>): () => string {
  const reader = secretReader(name, variables);
  if (reader === undefined) throw new ConfigInvalid([`${name}: expected a value, or a path in ${name}_FILE`]);
  return reader;
}
