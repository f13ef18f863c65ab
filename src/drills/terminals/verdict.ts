/**
 * Whether a shell's output arrived whole. The script of `shell.ts` counts its lines and repeats what it hears, so that every byte of its
 * output is known: `7<word>` is the seventh line, and the words of all lines together are what was typed.
 */

export interface Verdict {
  /** Bytes that the shell wrote and nobody saw, or that arrived as something else. */
  readonly lost: number;
  /** Bytes that arrived twice. */
  readonly doubled: number;
  /** The first thing that was wrong, with the lines around it; absent where all was right. */
  readonly wrong?: string;
}

export const BEGIN = 'begin\r\n';
export const END = 'finished\r\n';
const END_OF_LINE = '\r\n';

/** Judges what arrived against what was typed. A shell that goes on may still owe words, one that has finished none. */
export function judge(text: string, typed: string): Verdict {
  const [said, finished] = saidIn(text);
  const lines = countLines(said);
  const words = countWords(lines.heard, typed, finished);
  const wrong = lines.wrong ?? words.wrong;
  return {
    lost: lines.lost + words.lost,
    doubled: lines.doubled + words.doubled,
    ...(wrong === undefined ? {} : { wrong }),
  };
}

/** Whole lines between the two marks. */
function saidIn(text: string): [lines: readonly string[], finished: boolean] {
  const from = text.indexOf(BEGIN) + BEGIN.length;
  const end = text.indexOf(END, from);
  const said = text.slice(from, end < 0 ? text.lastIndexOf(END_OF_LINE) + END_OF_LINE.length : end);
  return [said.split(END_OF_LINE).slice(0, -1), end >= 0];
}

interface Counted extends Verdict {
  readonly heard: string;
}

/** A number that is missing is a line lost, one that came before is a line doubled, and what is no line at all was damaged. */
function countLines(lines: readonly string[]): Counted {
  let [lost, doubled, next, heard] = [0, 0, 1, ''];
  let wrong: string | undefined;
  for (const [index, line] of lines.entries()) {
    const [, number, word = ''] = /^(\d+)<(\w*)>$/.exec(line) ?? [];
    const found = number === undefined ? undefined : Number(number);
    if (found === next) {
      heard += word;
      next += 1;
      continue;
    }
    wrong ??= `line ${next} is expected after ${JSON.stringify(lines[index - 1] ?? BEGIN)}, and ${JSON.stringify(line)} came`;
    if (found === undefined) lost += line.length + END_OF_LINE.length;
    else if (found < next) doubled += line.length + END_OF_LINE.length;
    else {
      for (; next < found; next += 1) lost += `${next}<>${END_OF_LINE}`.length;
      heard += word;
      next += 1;
    }
  }
  return { lost, doubled, heard, ...(wrong === undefined ? {} : { wrong }) };
}

/** The pieces in which words arrive are the shell's to choose; their order and number are not. */
function countWords(heard: string, typed: string, finished: boolean): Verdict {
  const whole = finished ? heard === typed : typed.startsWith(heard);
  if (whole) return { lost: 0, doubled: 0 };
  const difference = heard.length - typed.length;
  const lost = finished && difference < 0 ? -difference : difference > 0 ? 0 : 1;
  return {
    lost,
    doubled: Math.max(0, difference),
    wrong: `the shell heard ${JSON.stringify(tail(heard))}, typed was ${JSON.stringify(tail(typed))}`,
  };
}

function tail(text: string): string {
  return text.length > 80 ? `…${text.slice(-80)}` : text;
}
