/** Refusals of what passes no router: written to the socket itself, as every other refusal is said, and the connection ends with them. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerUpgrade } from '@launchgate/runtime/lifecycle';
import { Problem, problemBody } from './problem.ts';

const REFUSALS: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem(431, 'Request header fields too large', 'The headers are too long.'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'Request timeout', 'The request took too long to arrive.'),
};
const NO_TUNNEL = new Problem(405, 'Method not allowed', 'Nothing is tunnelled.', { headers: { allow: '' } });
const MALFORMED = new Problem(400, 'Bad request', 'This is no HTTP request.');

/** Tells a problem to a socket that no server reads any more. */
export function answerSocket(socket: Duplex, problem: Problem, requestId: string | undefined): void {
  const body = problemBody(problem, requestId);
  const headers = Object.entries({
    ...problem.options.headers,
    ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  });
  answerUpgrade(
    socket,
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );
}

/** For Fastify's `clientErrorHandler`: of what was never a request nobody can say where the next one would begin. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  answerSocket(socket, REFUSALS[error.code ?? ''] ?? MALFORMED, undefined);
}

/** For `connect`: nothing is tunnelled (RFC 9110, 9.3.6), and Node alone would close the connection without a word. */
export function answerConnect(requestId: (request: IncomingMessage) => string | undefined) {
  return (request: IncomingMessage, socket: Duplex): void => {
    // One that was refused already, by the drain for one, is not ours any more.
    if (socket.destroyed || socket.writableEnded) return;
    answerSocket(socket, NO_TUNNEL, requestId(request));
  };
}
