/** The gate before a terminal: every reason to refuse is found before the upgrade, and said in HTTP. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerUpgrade, handshakeFault } from '@launchgate/runtime/lifecycle';
import type { Claim, Directory } from './directory.ts';
import { SUBPROTOCOL, TICKET_PREFIX } from './protocol.ts';
import { useTicket, verifyTicket, type Bearer, type TicketClaims, type TicketVerifierOptions } from './tickets.ts';

export interface GateOptions {
  readonly origins: ReadonlySet<string>;
  /** False only for a drill. */
  readonly checkOrigin: boolean;
  readonly tickets: TicketVerifierOptions;
  readonly directory: Pick<Directory, 'claim'>;
  /** This gateway's name in the directory. */
  readonly pod: string;
  /** A token of the rate at which Redis is asked; false when there is none. */
  takeToken(): boolean;
  hasRoom(): boolean;
  readonly draining: boolean;
  standing(bearer: Bearer, session: string): 'good' | 'revoked' | 'unknown';
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 426 | 429 | 503;
  /** For metric and log; the peer is told the status alone. */
  readonly because: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export type GateAnswer = { readonly claims: TicketClaims; readonly fence: number; readonly known: boolean } | Refusal;

const PATH = /^\/ws\/terminal\/([A-Za-z0-9._~-]{1,128})$/;

/**
 * Judges a handshake. Removes the ticket from the request's headers, so that nothing after it can log it.
 *
 * The rate is for who holds a ticket: strangers could else use it up for everybody. What they cost is their TLS handshake, and a signature verified is
 * less than that, so it has no bound of its own, which would be theirs to use up again.
 */
export async function judgeUpgrade(request: IncomingMessage, options: GateOptions): Promise<GateAnswer> {
  const fault = handshakeFault(request);
  const ticket = takeTicket(request);
  if (options.draining) return { status: 503, because: 'draining', retryAfter: 1 + Math.floor(Math.random() * 5) };
  const session = PATH.exec(request.url ?? '')?.[1];
  if (session === undefined) return { status: 404, because: 'path' };
  // Before the ticket is spent: the same browser may come again with it.
  if (fault !== undefined) return fault;
  if (ticket === undefined) return { status: 400, because: 'subprotocol' };
  const origin = request.headers.origin ?? '';
  if (options.checkOrigin && !options.origins.has(origin)) return { status: 403, because: 'origin' };
  const wanted = { session, ...(options.checkOrigin ? { origin } : {}) };
  const verified = verifyTicket(ticket, wanted, options.tickets);
  if ('refused' in verified) return { status: verified.refused === 'origin' ? 403 : 401, because: verified.refused };
  if (!options.takeToken()) return { status: 503, because: 'rate', retryAfter: 1 };
  if (!options.hasRoom()) return { status: 503, because: 'full', retryAfter: 5 };
  return redeemAndClaim(ticket, verified.claims, options);
}

async function redeemAndClaim(ticket: string, claims: TicketClaims, options: GateOptions): Promise<GateAnswer> {
  const used = await useTicket(ticket, options.tickets);
  if (used === 'store') return { status: 503, because: 'store', retryAfter: 2 };
  if (used === 'used') return { status: 401, because: 'used' };
  const standing = options.standing(claims, claims.ses);
  if (standing === 'revoked') return { status: 401, because: 'revoked' };
  if (standing === 'unknown') return { status: 503, because: 'denylist', retryAfter: 5 };
  let claim: Claim;
  try {
    const { ses: session, node, nodeAddr } = claims;
    claim = await options.directory.claim({ session, node, nodeAddr, pod: options.pod, bearer: claims });
  } catch {
    return { status: 503, because: 'store', retryAfter: 2 };
  }
  if ('refused' in claim)
    return { status: claim.refused === 'cap' ? 429 : 401, because: claim.refused, retryAfter: 30 };
  return { claims, ...claim };
}

/** The ticket among the offered subprotocols; undefined unless both are there, each once. */
function takeTicket(request: IncomingMessage): string | undefined {
  const offered = String(request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim());
  request.headers['sec-websocket-protocol'] = SUBPROTOCOL;
  request.rawHeaders = [];
  const tickets = offered.filter((name) => name.startsWith(TICKET_PREFIX));
  const [ticket] = tickets;
  if (offered.length !== 2 || tickets.length !== 1 || !offered.includes(SUBPROTOCOL)) return undefined;
  return ticket?.slice(TICKET_PREFIX.length);
}

const REASONS: Record<Refusal['status'], string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** Answers a handshake in HTTP, and is rid of its socket. */
export function refuseUpgrade(socket: Duplex, { status, retryAfter, headers = {} }: Refusal): void {
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'Connection: close',
    'Content-Length: 0',
    'Cache-Control: no-store',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
  ];
  answerUpgrade(socket, `${lines.join('\r\n')}\r\n\r\n`);
}
