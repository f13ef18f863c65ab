/** A part of a Terraform file and how many lines stand before it. */
export interface HclPart {
  readonly text: string;
  readonly linesBefore: number;
}

/** `resource "a" "b" {` or `name = …` at the very start of a line. */
const HEADER = /^[A-Za-z_]/;
const HEREDOC = /<<-?[ \t]*([A-Za-z_][\w-]*)[ \t]*\r?$/;

/**
 * Cuts a file where top-level blocks start, which is at the first column in every formatted file, outside heredocs and `/* … *\/`.
 * Needed only for a file with a syntax error, whose tree swallows the blocks that follow the error.
 */
export function splitBlocks(text: string): HclPart[] {
  const parts: HclPart[] = [];
  let lines: string[] = [];
  let before = 0;
  let heredoc: string | undefined;
  let comment = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (heredoc !== undefined) {
      if (line.trim() === heredoc) heredoc = undefined;
    } else if (comment) {
      comment = !line.includes('*/');
    } else {
      comment = /^\s*\/\*/.test(line) && !line.includes('*/');
      heredoc = HEREDOC.exec(line)?.[1];
      if (HEADER.test(line)) {
        if (lines.some((earlier) => earlier.trim() !== '')) parts.push({ text: lines.join('\n'), linesBefore: before });
        lines = [];
        before = index;
      }
    }
    lines.push(line);
  }
  parts.push({ text: lines.join('\n'), linesBefore: before });
  return parts;
}
