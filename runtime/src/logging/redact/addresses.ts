/** Userinfo of URLs and DSNs: `scheme://user:password@host`, also percent-encoded, and the forms of drivers that have no slashes. */
import { REDACTED } from './shapes.ts';

const LONGEST = 1024;
const SLASHES = /(?:\/\/|\\\/\\\/|%(?:25)*2f%(?:25)*2f)/gi;
const HAS_AT = /@|%(?:25)*40/i;
const TOKEN_END = /[\s"'`<>|]/g;
/** `user:password@tcp(host:3306)/db` of Go's MySQL driver; `thin:user/password@` of Oracle's. */
const DRIVER = /[^\s"'`:/@]{1,128}:[^\s"'`]{1,256}@(?=(?:tcp|unix|udp)\()/g;
const ORACLE = /(jdbc:oracle:[a-z]{1,10}:)[^\s"'`@]{1,256}@/gi;

export function redactAddresses(text: string): string {
  let out = '';
  let done = 0;
  SLASHES.lastIndex = 0;
  for (let match = SLASHES.exec(text); match !== null; match = SLASHES.exec(text)) {
    const start = match.index + match[0].length;
    if (start < done) continue;
    const stop = tokenEnd(text, start);
    if (!HAS_AT.test(text.slice(start, stop))) {
      SLASHES.lastIndex = Math.max(SLASHES.lastIndex, stop - 8);
      continue;
    }
    const end = userinfoEnd(text.slice(start, stop), start, match[0].startsWith('%'));
    if (end === -1) continue;
    out += `${text.slice(done, start)}${REDACTED}`;
    done = end;
    SLASHES.lastIndex = Math.max(SLASHES.lastIndex, end);
  }
  const whole = done === 0 ? text : out + text.slice(done);
  return whole.includes('@') ? whole.replace(DRIVER, `${REDACTED}@`).replace(ORACLE, `$1${REDACTED}@`) : whole;
}

/**
 * Where the userinfo that begins at `start` ends, at its `@`; -1 if there is none. A password is often not encoded as it should be, so
 * `//user:pa/ss@host` counts as userinfo when what follows the colon is no port.
 */
function userinfoEnd(token: string, start: number, encoded: boolean): number {
  if (encoded)
    return offset(start, /^(?:(?!%(?:25)*(?:2f|3f|23))[^/?#])*?(?=%(?:25)*40)/i.exec(token)?.[0].length ?? -1);
  const authority = /^[^/?#]*/.exec(token)?.[0] ?? '';
  const at = authority.lastIndexOf('@');
  if (at !== -1) return offset(start, at);
  if (!/^[^:@/?#[\]]*:(?!\d{1,5}(?:[/?#,]|$))/.test(token) || !token.includes('@')) return -1;
  return offset(start, token.lastIndexOf('@'));
}

function tokenEnd(text: string, start: number): number {
  TOKEN_END.lastIndex = start;
  return Math.min(TOKEN_END.exec(text)?.index ?? text.length, start + LONGEST);
}

function offset(start: number, length: number): number {
  return length <= 0 ? -1 : start + length;
}
