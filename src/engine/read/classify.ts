import type { SourceClass } from '../../model/document.ts';

/** What a path alone tells: `dockerfile`, `terraform`, `github-workflow`; `data` for YAML or JSON whose content must be asked. */
export function classifyPath(_path: string): SourceClass | 'data' | undefined {
  return undefined;
}

/** What a parsed YAML or JSON document is; undefined for data that nothing reads. */
export function classifyData(_path: string, _value: unknown): SourceClass | undefined {
  return undefined;
}

/** Which text of a neutral name (`default.conf`, `users.txt`) this is, judged by its content. */
export function classifyText(_path: string, _text: string): SourceClass | undefined {
  return undefined;
}
