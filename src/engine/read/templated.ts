/**
 * True when a file is the source of a text template (Helm, Jinja) and not YAML to be taken as it stands.
 * Judged outside block scalars, where manifests carry other people's templates as data; `${{ }}` is GitHub's.
 */
export function looksTemplated(text: string): boolean {
  if (!text.includes('{{') && !text.includes('{%')) return false;
  return linesOutsideBlockScalars(text).some((line) => TEMPLATE.test(line) || CONTROL.test(line));
}

/** Names only Helm defines, and calls only a template that makes YAML needs. */
const TEMPLATE =
  /(?<!\$)\{\{-?[^}]*?(?:\$?\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|\b(?:include|tpl|toYaml|nindent|indent)\b)/;

/** A line that is nothing but an action, at the start of the line or where a value of its own would stand. */
const CONTROL = /^\s*(?:\{\{-?\s*(?:if|else|end|range|with|define|template|block|\/\*|\$\w+\s*:?=)|\{%-?\s*\w)/;

function linesOutsideBlockScalars(text: string): string[] {
  const lines: string[] = [];
  let block: number | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const indent = line.search(/\S/);
    if (block !== undefined && (indent < 0 || indent > block)) continue;
    block = undefined;
    lines.push(line);
    if (/(?:^|[:\-?]\s+(?:[!&]\S+\s+)*)[|>][-+0-9]*\s*(?:#.*)?$/.test(line) && !line.trimStart().startsWith('#'))
      block = indent;
  }
  return lines;
}
