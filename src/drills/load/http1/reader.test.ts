import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { responseReader, type Progress } from './reader.ts';

const CRLF = '\r\n';
const response = (lines: readonly string[], body = '') => [...lines, '', body].join(CRLF);

interface Read {
  readonly progress: Progress;
  readonly status: number;
  readonly reusable: boolean;
}

/** Reads the pieces of one response; the server ends its side after them where told so. */
function readAll(pieces: readonly string[], { bodyless = false, ends = false } = {}): Read {
  const reader = responseReader();
  reader.expect(bodyless);
  let progress: Progress = 'more';
  for (const piece of pieces) {
    // As from a socket: the buffer is longer than what came, and full of what came before.
    const buffer = Buffer.concat([Buffer.from(piece, 'latin1'), Buffer.from(`${CRLF}${CRLF}HTTP/1.1 500 Old${CRLF}`)]);
    progress = reader.read(buffer, piece.length);
    if (progress !== 'more') break;
  }
  if (ends && progress === 'more') progress = reader.end();
  return { progress, status: reader.status, reusable: reader.reusable };
}

const WHOLE: readonly (readonly [string, string, Partial<Read>, { bodyless?: boolean; ends?: boolean }?])[] = [
  ['a length', response(['HTTP/1.1 200 OK', 'Content-Length: 5'], 'hello'), { status: 200, reusable: true }],
  ['a length of 0', response(['HTTP/1.1 200 OK', 'content-length: 0']), { status: 200, reusable: true }],
  ['a length said twice alike', response(['HTTP/1.1 200 OK', 'Content-Length: 2', 'Content-Length: 2'], 'ok'), {}],
  ['a status without words', response(['HTTP/1.1 404', 'Content-Length: 1'], 'x'), { status: 404 }],
  [
    'chunks',
    response(
      ['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'],
      `5${CRLF}hello${CRLF}1a;x="y"${CRLF}${'z'.repeat(26)}${CRLF}0${CRLF}${CRLF}`,
    ),
    { status: 200, reusable: true },
  ],
  [
    'chunks with trailers',
    response(
      ['HTTP/1.1 200 OK', 'TRANSFER-ENCODING: gzip, Chunked'],
      `1${CRLF}x${CRLF}000${CRLF}Digest: a${CRLF}Other: b${CRLF}${CRLF}`,
    ),
    { status: 200 },
  ],
  ['no body by 204', response(['HTTP/1.1 204 No Content', 'Content-Length: 9']), { status: 204 }],
  ['no body by 304', response(['HTTP/1.1 304 Not Modified', 'Content-Length: 9']), { status: 304 }],
  ['no body by HEAD', response(['HTTP/1.1 200 OK', 'Content-Length: 9']), { status: 200 }, { bodyless: true }],
  ['no body by HEAD with chunks', response(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked']), {}, { bodyless: true }],
  ['close', response(['HTTP/1.1 200 OK', 'Content-Length: 2', 'Connection: Close'], 'ok'), { reusable: false }],
  [
    'close among others',
    response(['HTTP/1.1 200 OK', 'Content-Length: 0', 'Connection: x, close']),
    { reusable: false },
  ],
  ['HTTP/1.0', response(['HTTP/1.0 200 OK', 'Content-Length: 2'], 'ok'), { reusable: false }],
  [
    'HTTP/1.0 that stays',
    response(['HTTP/1.0 200 OK', 'Content-Length: 2', 'Connection: keep-alive'], 'ok'),
    { reusable: true },
  ],
  [
    'a body until the end',
    response(['HTTP/1.1 200 OK'], 'all of it'),
    { status: 200, reusable: false },
    { ends: true },
  ],
  [
    'a coding that is not chunked',
    response(['HTTP/1.1 200 OK', 'Transfer-Encoding: gzip'], 'x'),
    { reusable: false },
    { ends: true },
  ],
  [
    'interim answers',
    `${response(['HTTP/1.1 100 Continue'])}${response(['HTTP/1.1 103 Early Hints', 'Link: </a>'])}${response(['HTTP/1.1 201 Created', 'Content-Length: 2'], 'ok')}`,
    { status: 201, reusable: true },
  ],
  [
    'values that look like names',
    response(['HTTP/1.1 200 OK', 'X: Content-Length: 9', 'Cookie: connection: close', 'Content-Length: 1'], 'x'),
    { reusable: true },
  ],
];

describe('a response is read to its end', () => {
  for (const [name, text, expected, options] of WHOLE)
    test(name, () => expect(readAll([text], options)).toMatchObject({ progress: 'done', ...expected }));

  test('wherever it is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WHOLE), fc.array(fc.nat(300)), ([, text, , options], cuts) => {
        const at = [...new Set(cuts.filter((cut) => cut > 0 && cut < text.length))].sort((a, b) => a - b);
        const pieces = [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
        expect(readAll(pieces, options)).toEqual(readAll([text], options));
      }),
    );
  });

  test('byte by byte', () => {
    for (const [, text, , options] of WHOLE) expect(readAll([...text], options)).toEqual(readAll([text], options));
  });

  test('and not before', () => {
    for (const [name, text, , options] of WHOLE) {
      if (options?.ends === true) continue;
      for (let cut = 0; cut < text.length; cut++)
        expect(readAll([text.slice(0, cut)], options).progress, `${name}, ${cut} bytes`).toBe('more');
    }
  });

  test('one after the other on one connection', () => {
    const reader = responseReader();
    for (const [, text, , options] of WHOLE) {
      reader.expect(options?.bodyless === true);
      const progress = reader.read(Buffer.from(text), text.length);
      expect(options?.ends === true ? reader.end() : progress).toBe('done');
    }
  });
});

describe('what is no response', () => {
  const MALFORMED: readonly (readonly [string, string])[] = [
    ['another protocol', '220 mail.example ESMTP\r\n\r\n'],
    ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['HTTP/1.7', 'HTTP/1.7 200 OK\r\n\r\n'],
    ['a status of letters', 'HTTP/1.1 2OO OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['two lengths', response(['HTTP/1.1 200 OK', 'Content-Length: 2', 'Content-Length: 3'], 'ok')],
    ['a length and chunks', response(['HTTP/1.1 200 OK', 'Content-Length: 2', 'Transfer-Encoding: chunked'], 'ok')],
    ['a negative length', response(['HTTP/1.1 200 OK', 'Content-Length: -1'])],
    ['a list of lengths', response(['HTTP/1.1 200 OK', 'Content-Length: 1, 1'], 'x')],
    ['a length in hexadecimal', response(['HTTP/1.1 200 OK', 'Content-Length: 0x1'], 'x')],
    ['a line without line feed', 'HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n'],
    ['switching protocols that nobody asked for', response(['HTTP/1.1 101 Switching Protocols', 'Upgrade: x'])],
    ['more than its length', response(['HTTP/1.1 200 OK', 'Content-Length: 2'], 'okay')],
    ['a body after 204', response(['HTTP/1.1 204 No Content'], 'x')],
    ['a second response', response(['HTTP/1.1 200 OK', 'Content-Length: 0']) + response(['HTTP/1.1 200 OK'])],
    ['a size of no digits', response(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], `;x${CRLF}`)],
    ['a size that is too long', response(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], `123456789${CRLF}`)],
    ['a size with a sign', response(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], `+5${CRLF}hello`)],
    [
      'a chunk longer than its size',
      response(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], `2${CRLF}hello${CRLF}`),
    ],
    ['a size with a bare line feed', response(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], '2\nok\r\n')],
    ['bytes after the last chunk', response(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], `0${CRLF}${CRLF}x`)],
  ];
  for (const [name, text] of MALFORMED) test(name, () => expect(readAll([text]).progress).toBe('malformed'));

  test('an end before the response was whole', () => {
    for (const [, text, , options] of WHOLE)
      if (options?.ends !== true)
        expect(readAll([text.slice(0, -1)], { ...options, ends: true }).progress).toBe('malformed');
  });

  test('a head, trailers and a chunk extension without end are cut off', () => {
    const line = `X: ${'y'.repeat(1000)}${CRLF}`;
    const chunked = response(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked']);
    expect(readAll(['HTTP/1.1 200 OK\r\n', ...Array.from({ length: 100 }, () => line)]).progress).toBe('malformed');
    expect(readAll([chunked, `0${CRLF}`, ...Array.from({ length: 100 }, () => line)]).progress).toBe('malformed');
    expect(readAll([chunked, '1;', ...Array.from({ length: 10 }, () => 'x'.repeat(1000))]).progress).toBe('malformed');
  });

  test('whatever comes, it answers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array(), fc.constant(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')))),
        (pieces) => {
          const reader = responseReader();
          reader.expect(false);
          for (const piece of pieces)
            expect(['more', 'done', 'malformed']).toContain(reader.read(Buffer.from(piece), piece.length));
        },
      ),
    );
  });
});
