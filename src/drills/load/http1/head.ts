/** Reads the head of a response in place: of all it says only what decides where the response ends. */

export interface Head {
  status: number;
  /** Of the body in bytes, -1 where it does not say. */
  length: number;
  chunked: boolean;
  /** Whether the connection may be used again. */
  reusable: boolean;
  /** What the header that was asked for says. */
  id: string | undefined;
}

const CR = 13;
const LF = 10;
const COLON = 58;
const LENGTH = Buffer.from('content-length');
const CODING = Buffer.from('transfer-encoding');
const CONNECTION = Buffer.from('connection');

/**
 * Reads the lines from `at` to `end`, each with its CR LF. False for what is no head of HTTP/1, and for one that says two things about its length
 * (RFC 9112, section 6.3: what a proxy in between may have taken for another answer).
 */
export function parseHead(bytes: Buffer, at: number, end: number, head: Head, idName?: Buffer): boolean {
  const first = bytes.indexOf(LF, at);
  if (!parseStatusLine(bytes, at, first, head)) return false;
  head.length = -1;
  head.chunked = false;
  head.id = undefined;
  let coded = false;
  for (let line = first + 1; line < end;) {
    let next = line;
    while (bytes[next] !== CR) next++;
    if (bytes[next + 1] !== LF) return false;
    const letter = bytes[line]! | 32;
    if (idName !== undefined && isName(bytes, line, idName)) head.id = valueOf(bytes, line, next);
    // Only three names begin with c or t and matter.
    if (letter === 99 && isName(bytes, line, LENGTH)) {
      const length = decimal(valueOf(bytes, line, next));
      if (length < 0 || (head.length >= 0 && head.length !== length)) return false;
      head.length = length;
    } else if (letter === 99 && isName(bytes, line, CONNECTION)) {
      const options = valueOf(bytes, line, next).toLowerCase();
      if (/(?:^|,)[ \t]*close[ \t]*(?:,|$)/.test(options)) head.reusable = false;
      else if (/(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/.test(options)) head.reusable = true;
    } else if (letter === 116 && isName(bytes, line, CODING)) {
      coded = true;
      head.chunked = /(?:^|,)[ \t]*chunked$/i.test(valueOf(bytes, line, next));
    }
    line = next + 2;
  }
  return !coded || head.length < 0;
}

/** `HTTP/1.1 200 OK`; the connection of a 1.0 server ends unless it says otherwise. */
function parseStatusLine(bytes: Buffer, at: number, end: number, head: Head): boolean {
  if (end - at < 13 || bytes[end - 1] !== CR) return false;
  const isHttp1 =
    bytes[at] === 72 &&
    bytes[at + 1] === 84 &&
    bytes[at + 2] === 84 &&
    bytes[at + 3] === 80 &&
    bytes[at + 4] === 47 &&
    bytes[at + 5] === 49 &&
    bytes[at + 6] === 46 &&
    bytes[at + 8] === 32;
  const minor = bytes[at + 7]! - 48;
  const after = bytes[at + 12];
  const [hundreds, tens, ones] = [bytes[at + 9]! - 48, bytes[at + 10]! - 48, bytes[at + 11]! - 48];
  if (!isHttp1 || (minor !== 0 && minor !== 1) || (after !== 32 && after !== CR)) return false;
  if (hundreds < 1 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return false;
  head.status = hundreds * 100 + tens * 10 + ones;
  head.reusable = minor === 1;
  return true;
}

/** Whether the line's name is this one, in any case; `name` is lower-case. */
function isName(bytes: Buffer, at: number, name: Buffer): boolean {
  if (bytes[at + name.length] !== COLON) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[at + i]!;
    if ((byte >= 65 && byte <= 90 ? byte | 32 : byte) !== name[i]) return false;
  }
  return true;
}

function valueOf(bytes: Buffer, line: number, end: number): string {
  return bytes.toString('latin1', bytes.indexOf(COLON, line) + 1, end).replace(/^[ \t]+|[ \t]+$/g, '');
}

/** -1 for what is no length. */
function decimal(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}
