import type { DirectiveFile } from './lines.ts';

export function readNginx(_text: string, _path: string): DirectiveFile {
  return { directives: [], problems: [] };
}
