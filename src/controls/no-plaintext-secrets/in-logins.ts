import { Cursor, isMapping } from '../../model/cursor.ts';
import type { DataDocument, TextDocument } from '../../model/document.ts';
import { inText, type Leak } from './found.ts';
import { registryPassword } from './registry-logins.ts';

/** What a file holds that is there for passwords and tokens, line by line: `.pgpass`, `.netrc`, `.npmrc`. */
export function inLoginFile({ path, text }: TextDocument): Leak[] {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return text.split('\n').flatMap((line, index) => {
    const origin = { path, line: index + 1, column: Math.max(0, line.search(/\S/)) + 1 };
    return inText(path, { name: '', value: line.trim() }, { origin }, { file });
  });
}

/** The registries that a `config.json` of Docker logs in to. The older `.dockercfg` has them at its top. */
export function inRegistryLogins({ path, data, origin }: DataDocument): Leak[] {
  const root = new Cursor(data, origin);
  const all = isMapping(data) && isMapping(data['auths']) ? root.get('auths') : root;
  return all.entries().flatMap(([name, entry]) => {
    const isLogin = isMapping(entry.value) && registryPassword(entry.value) !== undefined;
    return isLogin ? [{ where: path, name, kind: 'a registry login' as const, origin: entry.origin }] : [];
  });
}
