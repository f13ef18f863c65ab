/** Who is at the other end, and whether that one may call: exact names, nothing allowed unless said. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TLSSocket } from 'node:tls';
import { namesOf } from '../shared/certificate-names.ts';
import { spiffeIdOf } from './spiffe.ts';

export interface Peer {
  readonly spiffeId: string | undefined;
  readonly dnsNames: readonly string[];
  /** SHA-256 of its certificate. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * The peer of a TLS connection whose certificate was verified; undefined without one, with an expired one (the connection may be
 * older than that), and with a certificate that X509-SVID refuses as an identity, such as one with two URI names.
 */
export function peerIdentity(socket: unknown, now: number = Date.now()): Peer | undefined {
  const tls = socket as Partial<TLSSocket> | undefined;
  if (tls?.encrypted !== true || tls.authorized !== true || typeof tls.getPeerCertificate !== 'function')
    return undefined;
  const certificate = tls.getPeerCertificate();
  const expiresAt = Date.parse(certificate.valid_to ?? '');
  if (!(expiresAt > now)) return undefined;
  const names = namesOf(certificate.subjectaltname);
  const spiffeId = spiffeIdOf(names);
  if (spiffeId === 'invalid') return undefined;
  return { spiffeId, dnsNames: names.dnsNames, fingerprint: certificate.fingerprint256, expiresAt };
}

/** `allow` has SPIFFE ids and `dns:` names, compared as wholes. A peer with a SPIFFE id is that, and none of its DNS names. */
export function mayCall(peer: Peer | undefined, allow: readonly string[]): boolean {
  if (peer === undefined) return false;
  const names = peer.spiffeId === undefined ? peer.dnsNames.map((name) => `dns:${name}`) : [peer.spiffeId];
  return names.some((name) => allow.includes(name));
}

export interface PeerAuthorizationOptions {
  /** For routes that name none themselves. Default: nobody. */
  readonly allow?: readonly string[];
  readonly onRefused?: (refusal: { readonly peer: Peer | undefined; readonly route: string | undefined }) => void;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call this route, in place of the plugin's `allow`: SPIFFE ids and `dns:` names. */
    peers?: readonly string[];
  }
  interface FastifyRequest {
    peer?: Peer | undefined;
  }
}

async function authorizePeers(app: FastifyInstance, options: PeerAuthorizationOptions = {}): Promise<void> {
  app.decorateRequest('peer', undefined);
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    request.peer = peerIdentity(request.raw.socket);
    const allow = request.routeOptions.config?.peers ?? options.allow ?? [];
    if (mayCall(request.peer, allow)) return;
    options.onRefused?.({ peer: request.peer, route: request.routeOptions.url });
    return reply.code(403).send({ error: 'forbidden' });
  });
}

/**
 * Fastify 5 plugin for the whole server: answers 403 to every request, known route or not, whose peer is not on the list. As with
 * fastify-plugin, the hook holds for the server that registers it, not for a scope of its own.
 */
export const peerAuthorization = /* @__PURE__ */ Object.assign(authorizePeers, { [Symbol.for('skip-override')]: true });
