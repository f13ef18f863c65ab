/**
 * Upgrades and tunnels that are refused. From the event on a socket belongs to nobody but whoever answers it: no server reads it, ends it or counts it.
 * So it goes with the answer, whatever its client does.
 */
import type { Duplex } from 'node:stream';

/** Milliseconds that the answer may take to get away: a client that reads nothing keeps it no longer. */
const PATIENCE = 5_000;

/** Answers an upgrade with `answer`, a whole response of HTTP/1.1 without a connection to go on, and is rid of the socket. */
export function answerUpgrade(socket: Duplex, answer: string): void {
  const patience = setTimeout(() => socket.destroy(), PATIENCE).unref();
  socket.once('close', () => clearTimeout(patience));
  socket.on('error', () => socket.destroy());
  // Its own end alone would wait for the client's, which may never come.
  socket.once('finish', () => socket.destroy());
  // What is left unread at the end would make it a reset, which may overtake the answer.
  socket.resume();
  socket.end(answer);
}
