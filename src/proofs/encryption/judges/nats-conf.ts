/** A value of a NATS configuration; maps keep the line each key stands on. */
export type NatsValue = string | number | boolean | NatsMap | readonly NatsValue[];

export interface NatsMap {
  readonly entries: Readonly<Record<string, { readonly value: NatsValue; readonly line: number }>>;
}

/** What was read, and in words what could not be. */
export interface NatsFile {
  readonly root: NatsMap;
  readonly problems: readonly string[];
}

/** Deepest nesting that is read; nobody writes a tenth of it. */
const MAX_DEPTH = 64;

/**
 * Reads a NATS server configuration: `key: value`, `key = value` or `key value`, maps in braces, lists in brackets, `#` and `//`
 * comments, strings bare or in quotes, blocks in parentheses, `include 'file'` (a problem: it is not read), variables as written.
 * The last of several equal keys counts. After `conf/lex.go` and `conf/parse.go` of nats-server. Never throws.
 */
export function readNatsConf(text: string): NatsFile {
  const reader = new Reader(text);
  const root = reader.map('', 0);
  return { root, problems: reader.problems };
}

/** The value at a path of keys, names without regard to case as the server reads them. */
export function natsAt(map: NatsMap, ...path: string[]): { value: NatsValue; line: number } | undefined {
  let at: { value: NatsValue; line: number } | undefined;
  let inside: NatsMap | undefined = map;
  for (const key of path) {
    at = inside?.entries[key];
    inside = at !== undefined && isNatsMap(at.value) ? at.value : undefined;
  }
  return at;
}

export function isNatsMap(value: NatsValue): value is NatsMap {
  return typeof value === 'object' && 'entries' in value;
}

class Reader {
  readonly problems: string[] = [];
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** The entries up to `end`, which is consumed; up to the end of the text for the empty string. */
  map(end: '' | '}', depth: number): NatsMap {
    const entries = Object.create(null) as Record<string, { value: NatsValue; line: number }>;
    for (;;) {
      this.#skip(/[\s,;]/);
      const char = this.#text[this.#at];
      if (char === undefined || char === '}') {
        if (char === '}') this.#at += 1;
        if ((char ?? '') !== end)
          this.problems.push(`line ${this.#line}: ${end === '' ? 'a "}" too many' : 'a "{" is not closed'}`);
        if (char === undefined || end === '}') return { entries };
        continue;
      }
      const line = this.#line;
      const key = this.#scalar(/[\s:={}[\]]/).toLowerCase();
      if (key === '') {
        this.problems.push(`line ${line}: expected a key`);
        this.#at += 1;
        continue;
      }
      this.#skip(/[^\S\n]/);
      if (/[:=]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      const value = this.#value(depth + 1);
      if (key === 'include') this.problems.push(`line ${line}: a file is included here, which is not read`);
      else entries[key] = { value, line };
    }
  }

  #value(depth: number): NatsValue {
    this.#skip(/\s/);
    const char = this.#text[this.#at];
    if (depth > MAX_DEPTH) {
      this.problems.push(`line ${this.#line}: nested deeper than ${MAX_DEPTH}`);
      this.#at = this.#text.length;
      return '';
    }
    if (char === '{') {
      this.#at += 1;
      return this.map('}', depth);
    }
    if (char === '[') return this.#list(depth);
    if (char === '(') return this.#block();
    const isQuoted = char === '"' || char === "'";
    const text = this.#scalar(/[\s,;{}[\]]/);
    if (isQuoted) return text;
    if (/^(?:true|yes|on)$/i.test(text)) return true;
    if (/^(?:false|no|off)$/i.test(text)) return false;
    return /^-?\d+$/.test(text) ? Number(text) : text;
  }

  #list(depth: number): NatsValue[] {
    const items: NatsValue[] = [];
    this.#at += 1;
    for (;;) {
      this.#skip(/[\s,]/);
      const char = this.#text[this.#at];
      if (char === undefined || char === ']' || char === '}') {
        if (char === ']') this.#at += 1;
        else this.problems.push(`line ${this.#line}: a "[" is not closed`);
        return items;
      }
      items.push(this.#value(depth + 1));
    }
  }

  /** Text up to a line that holds nothing but the closing parenthesis. */
  #block(): string {
    const close = /\n[^\S\n]*\)/g;
    close.lastIndex = this.#at;
    const found = close.exec(this.#text);
    const end = found === null ? this.#text.length : close.lastIndex;
    const text = this.#text.slice(this.#at + 1, found === null ? end : found.index);
    this.#move(end);
    return text;
  }

  #scalar(stop: RegExp): string {
    const quote = this.#text[this.#at] ?? '';
    if (quote === '"' || quote === "'") return this.#quoted(quote);
    let end = this.#at;
    while (end < this.#text.length && !stop.test(this.#text[end] ?? '')) end += 1;
    const text = this.#text.slice(this.#at, end);
    this.#move(end);
    return text;
  }

  #quoted(quote: string): string {
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== quote)
      end += this.#text[end] === '\\' && quote === '"' ? 2 : 1;
    if (end >= this.#text.length) this.problems.push(`line ${this.#line}: a quote is not closed`);
    const text = this.#text.slice(this.#at + 1, end);
    this.#move(Math.min(end + 1, this.#text.length));
    return text;
  }

  /** Skips what matches, and comments. */
  #skip(what: RegExp): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) return;
      if (char === '#' || (char === '/' && this.#text[this.#at + 1] === '/')) {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end === -1 ? this.#text.length : end;
      } else if (what.test(char)) this.#move(this.#at + 1);
      else return;
    }
  }

  #move(to: number): void {
    for (let at = this.#at; at < to; at += 1) if (this.#text[at] === '\n') this.#line += 1;
    this.#at = to;
  }
}
