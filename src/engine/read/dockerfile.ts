import type { DirectiveFile } from './lines.ts';

export function readDockerfile(_text: string, _path: string): DirectiveFile {
  return { directives: [], problems: [] };
}
