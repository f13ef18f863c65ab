/** Two colons at the start of a line: a command to GitHub Actions, which reads all that a step prints. Any name may bring a line of its own. */
const COMMAND = /^(\s*):(?=:)/gm;

/** Text of XML or HTML in which no line is such a command, and that reads the same. */
export function withoutCommands(text: string): string {
  return text.replaceAll(COMMAND, '$1&#58;');
}
