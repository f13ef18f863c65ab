/**
 * True when a file is the source of a text template (Helm, Jinja, ytt) and not YAML to be taken as it stands.
 * Judged outside block scalars, where manifests carry other people's templates as data; `${{ }}` is GitHub's.
 */
export function looksTemplated(text: string): boolean {
  if (!text.includes('{{') && !text.includes('{%') && !text.includes('#@')) return false;
  return linesOutsideBlockScalars(text).some(
    (line) => CONTROL.test(line) || YTT.test(line) || actionsOf(line).some(isOfTemplate),
  );
}

/** A line that starts with a branch, a loop, a comment or an assignment. */
const CONTROL = /^\s*(?:\{\{-?\s*(?:if|else|end|range|with|define|template|block|\/\*|\$\w+\s*:?=)|\{%-?\s*\w)/;

/** What is code to ytt is a comment to YAML, so that the value it stands for would be none: `replicas: #@ data.values.replicas`. */
const YTT = /^\s*#@|:\s+#@\s/;

/** Names only Helm defines, and calls only a template that makes YAML needs. */
const HELM = /\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|\b(?:include|tpl|toYaml|nindent|indent)\b/;

function isOfTemplate(action: string): boolean {
  return HELM.test(action);
}

/** What stands between `{{` and `}}`, each at most once. */
function actionsOf(line: string): string[] {
  const actions: string[] = [];
  for (let start = line.indexOf('{{'); start >= 0;) {
    const end = line.indexOf('}}', start + 2);
    if (end < 0) return actions;
    if (line.charAt(start - 1) !== '$') actions.push(line.slice(start + 2, end));
    start = line.indexOf('{{', end + 2);
  }
  return actions;
}

function linesOutsideBlockScalars(text: string): string[] {
  const lines: string[] = [];
  let block: number | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const indent = line.search(/\S/);
    if (block !== undefined && (indent < 0 || indent > block)) continue;
    lines.push(line);
    block = opensBlockScalar(line) ? indent : undefined;
  }
  return lines;
}

/** `key: |`, `- >-` and the like, with a comment or not. */
function opensBlockScalar(line: string): boolean {
  const mark = /[|>][-+0-9]{0,2}$/.exec(line.replace(/\s#.*$/, '').trimEnd());
  return mark !== null && !line.trimStart().startsWith('#') && /(?:^|[\s:-])$/.test(line.slice(0, mark.index));
}
