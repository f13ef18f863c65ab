/**
 * Characters that text holds in another form than their own: percent-encoded (RFC 3986, 2.3 has letters, digits, `_`, `-` and `.` equal to
 * the plain ones) and as escapes of JSON and JavaScript, at any depth of quoting.
 */
const UNRESERVED = /%(?:25)*(4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a]|3[0-9]|5f|2[de])/gi;
/** `\u0077`, `\x77` and `\u{77}`. */
const ESCAPE = /(\\{1,16})(?:u00([2-7][0-9a-f])|x([2-7][0-9a-f])|u\{0{0,4}([2-7][0-9a-f])\})/gi;

export function percentDecoded(text: string): string {
  return text.replace(UNRESERVED, (_, hex: string) => character(hex));
}

/** Printable ASCII in its own form. A quote stays escaped, as deep as it was, so that it ends nothing it did not end before. */
export function unescaped(text: string): string {
  return text.replace(ESCAPE, (all, slashes: string, ...hex: (string | undefined)[]) => {
    const own = character(hex.find((digits) => digits !== undefined) ?? '');
    if (own === '"') return `${'\\'.repeat(2 * slashes.length - 1)}"`;
    return own === '\\' || own === '\u007f' ? all : own;
  });
}

function character(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}
