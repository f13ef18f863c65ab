/**
 * Characters that text holds in another form than their own: percent-encoded (RFC 3986, 2.3 has letters, digits, `_`, `-` and `.` equal to
 * the plain ones), as escapes of JSON and JavaScript at any depth of quoting, and as references of HTML.
 */
const UNRESERVED = /%(?:25)*(4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a]|3[0-9]|5f|2[de])/gi;
/** `&lt;`, `&#97;` and `&#x61;`. */
const REFERENCE = /&(?:(lt|gt)|#0{0,4}(?:(\d{2,3})|x0{0,4}([2-7][0-9a-f])));/gi;
/** `\u0077`, `\x77` and `\u{77}`. */
const ESCAPE = /(\\{1,16})(?:u00([2-7][0-9a-f])|x([2-7][0-9a-f])|u\{0{0,4}([2-7][0-9a-f])\})/gi;

export function percentDecoded(text: string): string {
  return text.replace(UNRESERVED, (_, hex: string) => character(hex));
}

/** Printable ASCII in its own form. A quote of a literal stays escaped, as deep as it was, so that it ends nothing it did not end before. */
export function unescaped(text: string): string {
  const plain = text.includes('&') ? text.replace(REFERENCE, referred) : text;
  return plain.replace(ESCAPE, (all, slashes: string, ...hex: (string | undefined)[]) => {
    const own = character(hex.find((digits) => digits !== undefined) ?? '');
    if (own === '"') return `${'\\'.repeat(2 * slashes.length - 1)}"`;
    return own === '\\' || own === '\u007f' ? all : own;
  });
}

/** Quotes stay as they are: they are read as quotes in this form too. */
function referred(all: string, angle?: string, decimal?: string, hex?: string): string {
  if (angle !== undefined) return angle.toLowerCase() === 'lt' ? '<' : '>';
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code > 32 && code < 127 && code !== 34 && code !== 39 ? String.fromCharCode(code) : all;
}

function character(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}
