/** Upgrades that are refused for now, because the process leaves. */
import type { Duplex } from 'node:stream';
import { answerUpgrade } from '../shared/answer-upgrade.ts';

/** 503 and Retry-After, in whole seconds (RFC 9110, 10.2.3). */
export function refuseUpgrade(socket: Duplex, retryAfterMs: number): void {
  const lines = [
    'HTTP/1.1 503 Service Unavailable',
    'Connection: close',
    'Content-Length: 0',
    `Retry-After: ${Math.ceil(retryAfterMs / 1_000)}`,
    '\r\n',
  ];
  answerUpgrade(socket, lines.join('\r\n'));
}
