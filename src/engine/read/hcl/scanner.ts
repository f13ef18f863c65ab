/** A place where a text is not HCL. */
export class HclSyntaxError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * How deep expressions, templates and blocks may nest and how long a chain of operators or steps may be. Modules in use stay below 20;
 * what evaluates a tree recurses over it.
 */
export const MAX_DEPTH = 200;

const REST_OF_IDENTIFIER = /[\p{ID_Continue}-]*/uy;
const START_OF_IDENTIFIER = /\p{ID_Start}/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;

export const NEWLINE = 10;
const RETURN = 13;

/** A text and how far it has been read. The parsers move it on; tokens are never stored. */
export class Scanner {
  readonly text: string;
  at = 0;
  depth = 0;
  /** Whether a line break is white space, as between brackets, or ends what stands before it. */
  multiline = false;
  /** End of the last token before white space was skipped. */
  tokenEnd = 0;
  #spaceEnd = 0;

  constructor(text: string) {
    this.text = text;
    if (text.codePointAt(0) === 0xfe_ff) this.at = 1;
  }

  fail(message: string, offset = this.at): never {
    throw new HclSyntaxError(message, offset);
  }

  /** Code unit at the position, `NaN` at the end. */
  get code(): number {
    return this.text.charCodeAt(this.at);
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  looksAt(token: string): boolean {
    return this.text.startsWith(token, this.at);
  }

  /** Skips white space and comments; line breaks only where they count as such. */
  space(): void {
    if (this.at !== this.#spaceEnd) this.tokenEnd = this.at;
    this.skipSpace();
    this.#spaceEnd = this.at;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.code;
      if (code === 32 || code === 9 || (this.multiline && code === NEWLINE)) this.at += 1;
      else if (code === RETURN && (this.multiline || this.text.charCodeAt(this.at + 1) === NEWLINE)) this.at += 1;
      else if (code === 35 || (code === 47 && this.text.charCodeAt(this.at + 1) === 47)) this.skipLine();
      else if (code === 47 && this.text.charCodeAt(this.at + 1) === 42) this.skipComment();
      else return;
    }
  }

  /** Skips white space, comments and line breaks, whatever the mode. */
  blank(): void {
    this.within(true, () => this.space());
  }

  /** Reads something in which line breaks are white space or not. */
  within<T>(multiline: boolean, read: () => T): T {
    const before = this.multiline;
    this.multiline = multiline;
    const result = read();
    this.multiline = before;
    return result;
  }

  /** Counts one more level around what is read. */
  nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) this.fail(`the text nests deeper than ${MAX_DEPTH} levels`);
    const result = read();
    this.depth -= 1;
    return result;
  }

  /** Takes the token if it stands next. */
  take(token: string): boolean {
    if (!this.looksAt(token)) return false;
    this.at += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) this.fail(`expected ${JSON.stringify(token)}`);
  }

  identifier(): string | undefined {
    const start = this.at;
    if (!isWordStart(this.code) && (!(this.code > 127) || this.match(START_OF_IDENTIFIER) === undefined))
      return undefined;
    while (isWordPart(this.code)) this.at += 1;
    if (this.code > 127) this.match(REST_OF_IDENTIFIER);
    return this.text.slice(start, this.at);
  }

  number(): string | undefined {
    return this.match(NUMBER);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private skipLine(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end === -1 ? this.text.length : end;
  }

  private skipComment(): void {
    const end = this.text.indexOf('*/', this.at + 2);
    if (end === -1) this.fail('the comment is not closed');
    this.at = end + 2;
  }
}

/** ASCII letters and `_`. */
function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** What may follow in a word, as far as it is ASCII: digits and `-` too. */
function isWordPart(code: number): boolean {
  return isWordStart(code) || (code >= 48 && code <= 57) || code === 45;
}
