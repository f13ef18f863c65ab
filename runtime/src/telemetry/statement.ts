const NUMBER = String.raw`(?<![\w$.])[-+]?(?:0[xob][\da-f_]+|(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?)\b`;
const NUMBERS = new RegExp(NUMBER, 'gi');
/**
 * The tokens of PostgreSQL in which a quote may stand (https://www.postgresql.org/docs/current/sql-syntax-lexical.html): comments, of which one may hold
 * others; quoted names; strings, in which a backslash escapes with an `E` before them only; dollar quotes. And numbers.
 */
const TOKENS = new RegExp(
  [
    String.raw`(?<comment>--[^\n]*|\/\*(?:\/\*[^]*?(?:\*\/|$)|[^])*?(?:\*\/|$))`,
    String.raw`(?<name>"(?:[^"]|"")*(?:"|$))`,
    String.raw`(?<![\w$])e'(?:[^'\\]|''|\\[^])*(?:'|$)`,
    String.raw`[bxn]?'(?:[^']|'')*(?:'|$)`,
    String.raw`\$(?<tag>(?:[a-z_]\w{0,62})?)\$[^]*?(?:\$\k<tag>\$|$)`,
    NUMBER,
  ].join('|'),
  'gi',
);
const LONGEST = 1000;

/** The text of an SQL statement with `?` for its literals, without comments, of at most 1,000 characters; placeholders stay. */
export function withoutLiterals(sql: string): string {
  const read = sql.length > 16_384 ? sql.slice(0, 16_384) : sql;
  const text = read
    .replace(TOKENS, shown)
    .replace(/\(\s*\?(?:\s*,\s*\?){1,4096}\s*\)/g, '(?)')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function shown(token: string, ...rest: unknown[]): string {
  const { comment, name } = rest.at(-1) as { readonly comment?: string; readonly name?: string };
  if (comment !== undefined) return ' ';
  return name === undefined ? '?' : name.replace(NUMBERS, '?');
}

/** `SELECT`, `INSERT` … of a statement. */
export function operationOf(sql: string): string {
  return (/^[\s(]*([a-z]{1,16})/i.exec(sql.slice(0, 256))?.[1] ?? 'QUERY').toUpperCase();
}
