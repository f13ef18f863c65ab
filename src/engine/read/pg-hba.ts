import type { DirectiveFile } from './lines.ts';

export function readPgHba(_text: string, _path: string): DirectiveFile {
  return { directives: [], problems: [] };
}
