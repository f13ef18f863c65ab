import type { DirectiveFile } from './lines.ts';

export function readRedisAcl(_text: string, _path: string): DirectiveFile {
  return { directives: [], problems: [] };
}
