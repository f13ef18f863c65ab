/**
 * What a CI server obeys in what a step prints, and any name out of a repository may bring along. GitHub Actions reads `::error::` at the start of
 * a line, white space aside, and in its old form `##[error]` anywhere in it; Azure Pipelines `##vso[task.setvariable]` anywhere, TeamCity
 * `##teamcity[…]`. Of the first only the words that GitHub knows are commands: an IPv6 address may begin with two colons.
 */
const MARKED = /#(?=#[a-z]*\[)/gi;
const NAMED =
  /(?<!\S):(?=:(?:add-mask|add-matcher|add-path|debug|echo|end-?group|error|group|notice|remove-matcher|save-state|set-env|set-output|stop-commands|warning)\b)/gi;
const AT_START = /^(\s*):(?=:)/gm;

/** Text of a terminal or of JSON in which nothing is such a command: its first character is spelled out, `\u0023`. */
export function spelledCommands(text: string): string {
  const marked = text.includes('##') ? text.replaceAll(MARKED, '\\u0023') : text;
  return marked.includes('::') ? marked.replaceAll(NAMED, '\\u003a') : marked;
}

/** Text of XML or HTML in which no line is or holds such a command, and that reads the same. */
export function withoutCommands(text: string): string {
  return text.replaceAll(AT_START, '$1&#58;').replaceAll(MARKED, '&#35;');
}
