/** Every statement of this service by name, from the `…_SQL` objects of its sources. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SOURCES = join(import.meta.dirname, '../src');

/** Sources are searched, not listed: a statement cannot be forgotten. */
export async function serviceStatements(): Promise<Map<string, string>> {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'main.ts')
    .sort();
  const found = new Map<string, string>();
  for (const file of files) {
    const module = (await import(pathToFileURL(join(SOURCES, file)).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module))
      if (/^[A-Z]+_SQL$/.test(name) && typeof value === 'object' && value !== null)
        for (const [key, text] of Object.entries(value))
          found.set(`${name.replace('_SQL', '').toLowerCase()}.${key}`, String(text));
  }
  return found;
}

/** Statements of the retention job run under a role of their own. */
export function roleOf(name: string): string {
  return name.startsWith('retention.') ? 'retention' : 'api';
}
