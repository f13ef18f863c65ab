import { type Rich, splitLabel } from './rich.ts';

const LONGEST = 100;
/** What ends a sentence, and not the name of a picture such as `:warning:`. */
const END = /(?<!:[\w+-]+)[.:;]$/;

export interface Titled {
  readonly title: string;
  /** All of the text, the label included. */
  readonly statement: string;
  readonly label?: string;
}

/** A title for a text: its label, its bold beginning, or its first clause. */
export function titleOf(text: Rich): Titled {
  const label = splitLabel(text);
  const statement = text.text;
  if (label !== undefined && label.rest.text !== '')
    return { title: label.label, statement: `${label.label}: ${label.rest.text}`, label: label.label };
  const [first] = text.runs.filter((run) => run.text.trim() !== '');
  const bold = first?.strong && first.text.trim().length >= 3 && text.text.startsWith(first.text.trim());
  if (bold) return { title: first.text.trim().replace(/[:.]$/, ''), statement };
  return { title: shorten(statement.replace(END, '')), statement };
}

function shorten(text: string): string {
  if (text.length <= LONGEST) return text;
  const clause = /^.{20,100}?(?=[.;:](?:\s|$))/.exec(text)?.[0];
  if (clause !== undefined) return clause;
  const cut = text.slice(0, LONGEST);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 40))} …`;
}
