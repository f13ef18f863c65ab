import type { DirectiveFile } from './lines.ts';

export function readRedisConf(_text: string, _path: string): DirectiveFile {
  return { directives: [], problems: [] };
}
