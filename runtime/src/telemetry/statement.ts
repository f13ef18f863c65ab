const LITERALS =
  /(--[^\n]{0,4096})|(\/\*[^]*?(?:\*\/|$))|([eEbBxXnN]?'(?:[^'\\]|''|\\[^])*(?:'|$))|(\$([A-Za-z_]\w{0,62})?\$[^]*?(?:\$\5\$|$))|((?<![\w$.])[-+]?(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b)/gi;
const LONGEST = 1000;

/** The text of an SQL statement with `?` for its literals, without comments, of at most 1,000 characters; placeholders stay. */
export function withoutLiterals(sql: string): string {
  const read = sql.length > 16_384 ? sql.slice(0, 16_384) : sql;
  const text = read
    .replace(LITERALS, (_all, line?: string, block?: string) => (line === undefined && block === undefined ? '?' : ' '))
    .replace(/\(\s*\?(?:\s*,\s*\?){1,4096}\s*\)/g, '(?)')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** `SELECT`, `INSERT` … of a statement. */
export function operationOf(sql: string): string {
  return (/^[\s(]*([a-z]{1,16})/i.exec(sql.slice(0, 256))?.[1] ?? 'QUERY').toUpperCase();
}
