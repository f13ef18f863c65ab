/** A simple command of a script. */
export interface Command {
  /** Its words with wrappers and variable assignments taken off: `npx --yes eslint .` is `eslint .`. */
  readonly text: string;
  /** The script goes on as if it had succeeded: `… || true`. */
  readonly ignored: boolean;
}

const WRAPPERS =
  /^(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)\s+|(?:sudo|time|exec|command|then|do|else|if|while|!|\(|\{)\s+|\(|(?:npx|bunx)(?:\s+-{1,2}[\w-]+)*\s+|(?:pnpm|yarn|bun)\s+(?:exec|dlx|x)\s+|(?:poetry|pipenv|pdm|hatch|rye|uv|conda|mamba)\s+run(?:\s+--?[\w-]+)*\s+|uvx\s+|pipx\s+run\s+|bundle\s+exec\s+|python3?\s+-m\s+|go\s+tool\s+|mise\s+(?:x|exec)\s+(?:--\s+)?)/;

/**
 * The commands of a shell script, quotes, comments, continued lines and here-documents minded; what control structures decide is
 * not. Commands of a nested `bash -c` stay one text.
 */
export function commandsOf(script: string): Command[] {
  const parts = split(withoutHereDocuments(script.replaceAll(/\\\r?\n/g, ' ')));
  return parts.flatMap(({ text }, index) => {
    const command = unwrap(text.trim());
    if (command === '') return [];
    const next = parts[index + 1];
    const ignored = parts[index]?.end === '||' && /^(?:true|:|exit 0|echo\b.*)$/.test(next?.text.trim() ?? '');
    return [{ text: command, ignored }];
  });
}

function unwrap(text: string): string {
  let rest = text;
  for (let turn = 0; turn < 8; turn += 1) {
    const wrapper = WRAPPERS.exec(rest)?.[0];
    if (wrapper === undefined || wrapper === '') return rest;
    rest = rest.slice(wrapper.length).trimStart();
  }
  return rest;
}

interface Part {
  readonly text: string;
  readonly end: string;
}

function split(script: string): Part[] {
  const parts: Part[] = [];
  let start = 0;
  let quote = '';
  const close = (at: number, end: string): void => {
    parts.push({ text: script.slice(start, at), end });
    start = at + end.length;
  };
  for (let at = 0; at < script.length; at += 1) {
    const char = script[at] ?? '';
    if (quote !== '') {
      if (char === '\\' && quote === '"') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '\\') at += 1;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '#' && /\s|^$/.test(script[at - 1] ?? '')) {
      const line = script.indexOf('\n', at);
      close(at, '');
      at = line === -1 ? script.length : line;
      start = at + 1;
    } else if (/[\n;|&]/.test(char) && !/[<>]/.test(script[at - 1] ?? '') && script[at + 1] !== '>') {
      const end = script[at + 1] === char && char !== '\n' ? char + char : char;
      close(at, end);
      at += end.length - 1;
    }
  }
  close(script.length, '');
  return parts;
}

function withoutHereDocuments(script: string): string {
  const kept: string[] = [];
  let until: string | undefined;
  for (const line of script.split('\n')) {
    if (until !== undefined) {
      if (line.trim() === until) until = undefined;
      continue;
    }
    kept.push(line);
    until = /<<-?\s*["']?([A-Za-z_]\w*)["']?/.exec(line)?.[1];
  }
  return kept.join('\n');
}
