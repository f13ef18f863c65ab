/** What was never a request is answered as every other refusal is, and its connection ends: nobody can say where the next one would begin. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { answerUpgrade } from '@launchgate/runtime/lifecycle';
import { Problem, problemBody } from './problem.ts';

const REFUSALS: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem(431, 'Request header fields too large', 'The headers are too long.'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'Request timeout', 'The request took too long to arrive.'),
};
const MALFORMED = new Problem(400, 'Bad request', 'This is no HTTP request.');

/** For Fastify's `clientErrorHandler`. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const problem = REFUSALS[error.code ?? ''] ?? MALFORMED;
  const body = problemBody(problem, undefined);
  answerUpgrade(
    socket,
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Connection: close',
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
