const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9A-Fa-f]{2})|([0-7]{3})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\s\S]?))/g;

/** The value of a string literal, by the escapes of Go (`strutil.Unquote`); one that is not closed or that Go refuses is `undefined`. */
export function unquoted(literal: string): string | undefined {
  const quote = literal.charAt(0);
  if (literal.length < 2 || !literal.endsWith(quote)) return undefined;
  const content = literal.slice(1, -1);
  if (quote === '`') return content;
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(content)) return undefined;
  let valid = true;
  const value = content.replaceAll(
    ESCAPE,
    (_, simple?: string, hex?: string, octal?: string, u?: string, long?: string) => {
      if (simple !== undefined && !(simple === (quote === '"' ? "'" : '"'))) return SIMPLE[simple] ?? '';
      const code = hex ?? u ?? long;
      if (code !== undefined && parseInt(code, 16) <= 0x10_ff_ff) return String.fromCodePoint(parseInt(code, 16));
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      valid = false;
      return '';
    },
  );
  return valid ? value : undefined;
}
