/** The form of a WebSocket handshake, judged before anything is spent on it: a ticket, a place, a look into a store. */
import type { IncomingMessage } from 'node:http';

export interface HandshakeFault {
  readonly status: 400 | 405 | 426;
  readonly because: string;
  /** What the answer has to say (RFC 9110, 15.5.6 and 15.5.22; RFC 6455, 4.4). */
  readonly headers: Readonly<Record<string, string>>;
}

/** The base64 of 16 bytes. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/**
 * For `shouldUpgradeCallback` of a server whose only upgrades are WebSockets: one to anything else, h2c for one, is passed over, and the request served as
 * it is (RFC 9110, 7.8). Node before 24.9 passes over the option.
 */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return /(?:^|[\s,])websocket(?:$|[\s,/])/i.test(headers.upgrade ?? '');
}

/** RFC 9112, 3.2: of two hosts a proxy may have judged the other one. Only HTTP/1.0 does without any. */
export function namesOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host');
  return hosts.length === 1 || (hosts.length === 0 && httpVersion === '1.0');
}

/** What is wrong with the handshake by RFC 6455, 4.2.1; undefined for a good one. A body would be read as frames, so none may come with it. */
export function handshakeFault(request: IncomingMessage): HandshakeFault | undefined {
  const { method, headers, httpVersionMajor, httpVersionMinor } = request;
  if (method !== 'GET') return { status: 405, because: 'method', headers: { Allow: 'GET' } };
  if (httpVersionMajor !== 1 || httpVersionMinor < 1) return malformed('http version');
  if (!namesOneHost(request)) return malformed('host');
  if (headers['transfer-encoding'] !== undefined || !/^0*$/.test(headers['content-length'] ?? ''))
    return malformed('body');
  if (headers.upgrade?.toLowerCase() !== 'websocket') return malformed('upgrade');
  if (headers['sec-websocket-version'] !== '13')
    return { status: 426, because: 'version', headers: { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' } };
  return KEY.test(headers['sec-websocket-key'] ?? '') ? undefined : malformed('key');
}

function malformed(because: string): HandshakeFault {
  return { status: 400, because, headers: {} };
}
