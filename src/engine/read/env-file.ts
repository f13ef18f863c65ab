import type { DirectiveFile } from './lines.ts';

export function readEnvFile(_text: string, _path: string): DirectiveFile {
  return { directives: [], problems: [] };
}
