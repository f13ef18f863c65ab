/** Every statement of a service by name, from the `…_SQL` constants of its sources. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SERVICES = join(import.meta.dirname, '../..');

/** Sources are searched, not listed: a statement cannot be forgotten. */
export async function serviceStatements(service: string): Promise<Map<string, string>> {
  const sources = join(SERVICES, service, 'src');
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'main.ts')
    .sort();
  const found = new Map<string, string>();
  for (const file of files) {
    const module = (await import(pathToFileURL(join(sources, file)).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module))
      if (/^[A-Z]+_SQL$/.test(name))
        for (const [key, text] of Object.entries(typeof value === 'string' ? { read: value } : Object(value)))
          found.set(`${name.replace('_SQL', '').toLowerCase()}.${key}`, String(text));
  }
  return found;
}

const ROLES: Readonly<Record<string, string>> = {
  api: 'api',
  'billing-worker': 'billing',
  'notification-relay': 'relay',
};

/** Whose they are; statements of the retention job run under a role of their own. */
export function roleOf(service: string, name: string): string {
  return name.startsWith('retention.') ? 'retention' : (ROLES[service] ?? service);
}
