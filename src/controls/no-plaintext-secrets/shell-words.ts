/** The commands of a shell script as words, quotes taken away, what is filled in (`$(…)`, `${…}`) left as it stands. */
export function commandsIn(script: string): string[][] {
  const text = script.slice(0, LONGEST_SCRIPT).replaceAll(/\\\r?\n/g, ' ');
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '#' && word === undefined) at = endOfLine(text, at) - 1;
    else if (ENDS_COMMAND.has(char)) {
      // `token=read()` of some other language assigns what is called.
      if (char === '(') word = undefined;
      endWord();
      if (words.length > 0) commands.push(words);
      words = [];
    } else if (SPACE.test(char)) endWord();
    else {
      const piece = pieceAt(text, at);
      word = (word ?? '') + piece.text;
      at = piece.end;
    }
  }
  endWord();
  return words.length > 0 ? [...commands, words] : commands;
}

const LONGEST_SCRIPT = 64 * 1024;

const SPACE = /\s/;
const ENDS_COMMAND = new Set([';', '&', '|', '\n', ')', '(']);

/** A part of a word, as the shell understands it, and the place of its last character. */
function pieceAt(text: string, at: number): { readonly text: string; readonly end: number } {
  const char = text.charAt(at);
  if (char === '"' || char === "'") {
    const end = endOfQuote(text, at);
    return { text: text.slice(at + 1, end).replaceAll(/\\(["\\$`])/g, '$1'), end };
  }
  if (char === '\\') return { text: text.charAt(at + 1), end: at + 1 };
  const next = text.charAt(at + 1);
  const isFilledIn = char === '`' || (char === '$' && (next === '(' || next === '{'));
  if (!isFilledIn) return { text: char, end: at };
  const end = char === '`' ? endOfQuote(text, at) : endOfNesting(text, at + 1, next === '(' ? ')' : '}');
  return { text: text.slice(at, end + 1), end };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** Where the quote that opens at a place closes; the end of the text where it never does. */
function endOfQuote(text: string, open: number): number {
  const quote = text.charAt(open);
  for (let at = open + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\' && quote === '"') at += 1;
    else if (text.charAt(at) === quote) return at;
  }
  return text.length;
}

/** Where the parenthesis or brace that opens at a place closes. */
function endOfNesting(text: string, from: number, close: string): number {
  const open = text.charAt(from);
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text.charAt(at) === open) depth += 1;
    else if (text.charAt(at) === close) depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}
