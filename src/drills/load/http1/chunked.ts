/** Finds the end of a chunked body (RFC 9112, section 7.1): a line with a size, data, an empty line, and so on; at last trailers. */

/** Of one line, and of all trailers: longer ones are refused. */
const MOST_LINE = 4096;
const MOST_TRAILERS = 64 * 1024;
const LF = 10;

/** The body goes on beyond these bytes. */
export const MORE = -1;
export const MALFORMED = -2;

export interface ChunkedReader {
  begin(): void;
  /** Where the body ends among the bytes from `at` to `length`, or {@link MORE} or {@link MALFORMED}. */
  read(bytes: Buffer, at: number, length: number): number;
}

export function chunkedReader(): ChunkedReader {
  let expected: 'size' | 'data' | 'end of data' | 'trailer' = 'size';
  let left = 0;
  let line = '';
  let trailers = 0;

  function read(bytes: Buffer, from: number, length: number): number {
    for (let at = from; at < length;) {
      if (expected === 'data') {
        const taken = Math.min(left, length - at);
        at += taken;
        left -= taken;
        if (left === 0) expected = 'end of data';
        continue;
      }
      const found = bytes.indexOf(LF, at);
      const isWhole = found >= 0 && found < length;
      const end = isWhole ? found : length;
      if (line.length + end - at > MOST_LINE) return MALFORMED;
      line += bytes.toString('latin1', at, end);
      if (!isWhole) return MORE;
      at = end + 1;
      if (!line.endsWith('\r')) return MALFORMED;
      const said = line.slice(0, -1);
      line = '';
      if (expected === 'trailer' && said === '') return at;
      if (!takeLine(said)) return MALFORMED;
    }
    return MORE;
  }

  function takeLine(said: string): boolean {
    if (expected === 'trailer') {
      trailers += said.length;
      return trailers <= MOST_TRAILERS;
    }
    if (expected === 'end of data') {
      expected = 'size';
      return said === '';
    }
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(said)?.[1];
    if (size === undefined) return false;
    left = Number.parseInt(size, 16);
    expected = left === 0 ? 'trailer' : 'data';
    return true;
  }

  return {
    begin() {
      expected = 'size';
      line = '';
      trailers = 0;
    },
    read,
  };
}
