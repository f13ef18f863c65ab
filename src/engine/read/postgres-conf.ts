import type { DirectiveFile } from './lines.ts';

export function readPostgresConf(_text: string, _path: string): DirectiveFile {
  return { directives: [], problems: [] };
}
