import type { Socket } from 'node:net';

/** Answers an upgrade with 503 and Retry-After, in whole seconds (RFC 9110, 10.2.3), and closes. */
export function refuseUpgrade(socket: Socket, retryAfterMs: number): void {
  socket.on('error', () => socket.destroy());
  socket.end(
    [
      'HTTP/1.1 503 Service Unavailable',
      'Connection: close',
      'Content-Length: 0',
      `Retry-After: ${Math.ceil(retryAfterMs / 1_000)}`,
      '\r\n',
    ].join('\r\n'),
  );
}
