/**
 * Reads the responses of one HTTP/1.1 connection, one at a time (RFC 9112). Of each it keeps the status and whether the connection may be used
 * again: bodies are counted off and dropped. A response that comes in one piece costs no copy.
 */
import { chunkedReader, MALFORMED, MORE } from './chunked.ts';
import { parseHead, type Head } from './head.ts';

/** A longer head is refused. */
const MOST_HEAD = 64 * 1024;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** `more` bytes are needed; the response is `done`; or it is `malformed` and the connection of no more use. */
export type Progress = 'more' | 'done' | 'malformed';

export interface ResponseReader {
  /** Of the last head that was read; 0 before there was one. */
  readonly status: number;
  /** What the header that is asked for says in it, if it is there. */
  readonly id: string | undefined;
  /** Whether the connection outlives this response. */
  readonly reusable: boolean;
  /** Begins the next response. `bodyless`: it answers HEAD. */
  expect(bodyless: boolean): void;
  /** Takes the first `length` of these bytes and keeps none. Bytes beyond the response are malformed: nothing asked for them. */
  read(bytes: Buffer, length: number): Progress;
  /** The server has ended its side. */
  end(): Progress;
}

/** `idHeader`: a header whose value is kept, lower-case. */
export function responseReader(idHeader?: string): ResponseReader {
  const head: Head = { status: 0, length: -1, chunked: false, reusable: false, id: undefined };
  const idName = idHeader === undefined ? undefined : Buffer.from(idHeader);
  const chunks = chunkedReader();
  let expected: 'nothing' | 'head' | 'bytes' | 'chunks' | 'end' = 'nothing';
  let bodyless = false;
  /** Bytes of the body that are still to come. */
  let left = 0;
  /** Of a head that came in pieces. */
  let held: Buffer | undefined;

  function read(bytes: Buffer, length: number): Progress {
    if (held === undefined) return expected === 'head' ? readHead(bytes, 0, length) : readBody(bytes, 0, length);
    const whole = Buffer.concat([held, bytes.subarray(0, length)]);
    return readHead(whole, 0, whole.length);
  }

  function readHead(bytes: Buffer, from: number, length: number): Progress {
    held = undefined;
    for (let at = from; ;) {
      const end = bytes.indexOf(END_OF_HEAD, at);
      if (end < 0 || end + END_OF_HEAD.length > length) return hold(bytes, at, length);
      if (!parseHead(bytes, at, end + 2, head, idName)) return 'malformed';
      at = end + END_OF_HEAD.length;
      // Interim answers come before the one that counts; nothing here asks to change protocols.
      if (head.status === 101) return 'malformed';
      if (head.status >= 200) return afterHead(bytes, at, length);
    }
  }

  function hold(bytes: Buffer, from: number, length: number): Progress {
    if (length - from > MOST_HEAD) return 'malformed';
    held = Buffer.from(bytes.subarray(from, length));
    return 'more';
  }

  function afterHead(bytes: Buffer, at: number, length: number): Progress {
    if (bodyless || head.status === 204 || head.status === 304) expected = 'nothing';
    else if (head.chunked) {
      chunks.begin();
      expected = 'chunks';
    } else if (head.length >= 0) {
      left = head.length;
      expected = left === 0 ? 'nothing' : 'bytes';
    } else {
      head.reusable = false;
      expected = 'end';
    }
    if (expected === 'nothing') return at === length ? 'done' : 'malformed';
    return at === length ? 'more' : readBody(bytes, at, length);
  }

  function readBody(bytes: Buffer, at: number, length: number): Progress {
    if (expected === 'end') return 'more';
    if (expected === 'nothing') return 'malformed';
    const end = expected === 'bytes' ? countOff(at, length) : chunks.read(bytes, at, length);
    if (end === MORE) return 'more';
    expected = 'nothing';
    return end === MALFORMED || end < length ? 'malformed' : 'done';
  }

  function countOff(at: number, length: number): number {
    if (length - at < left) {
      left -= length - at;
      return MORE;
    }
    return at + left;
  }

  return {
    get status() {
      return head.status;
    },
    get id() {
      return head.id;
    },
    get reusable() {
      return head.reusable;
    },
    expect(isBodyless) {
      bodyless = isBodyless;
      held = undefined;
      expected = 'head';
    },
    read,
    end: () => (expected === 'end' ? 'done' : 'malformed'),
  };
}
