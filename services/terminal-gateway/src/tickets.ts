/**
 * The ticket that opens a connection: a compact JWS (RFC 7515) signed with Ed25519 (RFC 8037), good once, for at most 30 seconds,
 * for one user, one session, one node and one origin. Redis holds its digest until it is used; without Redis nobody gets in.
 */
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { withDeadline } from './deadline.ts';

const text = z.string().min(1).max(256);
const seconds = z.int().min(0);

const ADDRESS = /^(?:(?<v4>[\d.]+)|\[(?<v6>[\da-f:.]+)\]):(?<port>\d{1,5})$/i;

/** `IP:PORT`, and both such as there are. */
function isNodeAddress(address: string): boolean {
  const { v4 = '', v6 = '', port } = ADDRESS.exec(address)?.groups ?? {};
  return (isIPv4(v4) || isIPv6(v6)) && Number(port) >= 1 && Number(port) <= 65_535;
}

const claims = z.object({
  jti: text,
  sub: text,
  tenant: text.optional(),
  sid: text.optional(),
  ses: z.string().regex(/^[A-Za-z0-9._~-]{1,128}$/),
  node: text,
  nodeAddr: z.string().refine(isNodeAddress),
  origin: text,
  iat: seconds,
  exp: seconds,
  /** Id, issue time and signing key (`kid`) of the access token the ticket was bought with: what a revocation may name. */
  ati: text.optional(),
  aiat: seconds.optional(),
  akid: text.optional(),
});
export type TicketClaims = z.infer<typeof claims>;

/** In whose name a terminal is opened: all that a revocation may name. */
export type Bearer = Pick<TicketClaims, 'sub' | 'tenant' | 'sid' | 'ati' | 'aiat' | 'akid' | 'iat'>;

export interface TicketKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** Redis as far as tickets need it. */
export interface TicketStore {
  get(key: string): Promise<string | null>;
  getdel(key: string): Promise<string | null>;
}

export interface TicketVerifierOptions {
  /** Asked at each ticket, so that keys can rotate. */
  readonly keys: () => readonly TicketKey[];
  readonly store: TicketStore;
  /** Longest life of a ticket, seconds. */
  readonly maxAge: number;
  /** How long Redis may take, milliseconds. */
  readonly deadline: number;
  /** False only for a drill that shows what a ticket used twice does. */
  readonly singleUse: boolean;
}

export type Verified = { readonly claims: TicketClaims } | { readonly refused: 'ticket' | 'origin' | 'session' };

/** Seconds that clocks may differ. */
const SKEW = 5;
const MAX_TICKET = 4096;

/** The keys in one or several SPKI PEMs, by RFC 7638 thumbprint. Throws when there is none, or one that is not Ed25519. */
export function readTicketKeys(pems: string): TicketKey[] {
  const blocks = pems.match(/-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g) ?? [];
  if (blocks.length === 0) throw new Error('expected at least one PUBLIC KEY in PEM (SPKI)');
  // Passed over, it would be a key that was published and whose tickets are refused.
  if (blocks.length !== pems.match(/-----BEGIN/g)?.length)
    throw new Error('expected nothing but PUBLIC KEYs in PEM (SPKI), each of them whole');
  return blocks.map((pem) => {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`expected an Ed25519 key, found ${key.asymmetricKeyType}`);
    const { crv, kty, x } = key.export({ format: 'jwk' });
    const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
    return { kid, key };
  });
}

export function ticketKeyOf(ticket: string): string {
  return `ticket:${createHash('sha256').update(ticket).digest('hex')}`;
}

/** Judges a ticket by what it says, without asking anybody: a stolen one in the wrong place stays unused. */
export function verifyTicket(
  ticket: string,
  wanted: { session: string; origin?: string },
  options: Pick<TicketVerifierOptions, 'keys' | 'maxAge'>,
): Verified {
  const found = readTicket(ticket, options);
  if (found === undefined) return { refused: 'ticket' };
  if (found.ses !== wanted.session) return { refused: 'session' };
  if (wanted.origin !== undefined && found.origin !== wanted.origin) return { refused: 'origin' };
  return { claims: found };
}

/** Uses a verified ticket up. */
export async function useTicket(
  ticket: string,
  { store, deadline, singleUse }: Omit<TicketVerifierOptions, 'keys' | 'maxAge'>,
): Promise<'good' | 'used' | 'store'> {
  const key = ticketKeyOf(ticket);
  try {
    const stored = await withDeadline(singleUse ? store.getdel(key) : store.get(key), deadline);
    return stored === null ? 'used' : 'good';
  } catch {
    return 'store';
  }
}

function readTicket(
  ticket: string,
  { keys, maxAge }: Pick<TicketVerifierOptions, 'keys' | 'maxAge'>,
): TicketClaims | undefined {
  const parts = ticket.length > MAX_TICKET ? [] : ticket.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) return undefined;
  const key = keyFor(header, keys());
  if (key === undefined) return undefined;
  if (!verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))) return undefined;
  const parsed = claims.safeParse(decode(payload));
  if (!parsed.success) return undefined;
  const { iat, exp } = parsed.data;
  const now = Date.now() / 1000;
  const inTime = exp > now - SKEW && iat <= now + SKEW && exp - iat <= maxAge;
  return inTime ? parsed.data : undefined;
}

const joseHeader = z.object({ alg: z.literal('EdDSA'), kid: z.string(), crit: z.undefined().optional() });

function keyFor(header: string, keys: readonly TicketKey[]): KeyObject | undefined {
  const parsed = joseHeader.safeParse(decode(header));
  return parsed.success ? keys.find(({ kid }) => kid === parsed.data.kid)?.key : undefined;
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
