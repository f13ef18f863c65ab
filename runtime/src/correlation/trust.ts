/** Whose ids are believed: those of peers by address, or by the certificate that they were verified with. Nobody's, unless it is said. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { namesOf } from '../shared/certificate-names.ts';

export interface Trust {
  /** Networks of the edge, such as `10.40.0.0/16`; a single address stands for itself. */
  readonly cidrs?: readonly string[];
  /** Names of verified client certificates: `spiffe://…` or DNS names of the subject alternative names. */
  readonly peers?: readonly string[];
  /** Another rule; true is trust. */
  readonly decide?: (request: IncomingMessage) => boolean;
}

/** Throws on a network that is none: a typing error must not quietly trust nobody, or everybody. */
export function trustOf({ cidrs = [], peers = [], decide }: Trust = {}): (request: IncomingMessage) => boolean {
  const networks = networksOf(cidrs);
  const names = peerNames(peers);
  const known = new WeakMap<object, boolean>();
  return (request) => {
    if (decide?.(request) === true) return true;
    const { socket } = request;
    const before = known.get(socket);
    if (before !== undefined) return before;
    const trusted = isInside(networks, socket.remoteAddress) || hasName(names, socket as TLSSocket);
    known.set(socket, trusted);
    return trusted;
  };
}

function networksOf(cidrs: readonly string[]): BlockList | undefined {
  if (cidrs.length === 0) return undefined;
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', length, ...rest] = cidr.split('/');
    const version = isIP(address);
    const bits = version === 6 ? 128 : 32;
    const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
    if (version === 0 || rest.length > 0 || !(prefix <= bits))
      throw new TypeError(
        `trust.cidrs: ${JSON.stringify(cidr)} is no network; expected an address or ADDRESS/LENGTH, such as 10.0.0.0/8`,
      );
    list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function isInside(networks: BlockList | undefined, remote: string | undefined): boolean {
  if (networks === undefined || remote === undefined) return false;
  const address =
    remote.startsWith('::ffff:') && isIP(remote.slice(7)) === 4 ? remote.slice(7) : (remote.split('%')[0] ?? '');
  const version = isIP(address);
  return version !== 0 && networks.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

interface PeerNames {
  readonly uris: ReadonlySet<string>;
  readonly dnsNames: ReadonlySet<string>;
}

/** A URI has a colon, a DNS name none: neither kind of a certificate's names stands for the other. */
function peerNames(peers: readonly string[]): PeerNames {
  return {
    uris: new Set(peers.filter((name) => name.includes(':'))),
    dnsNames: new Set(peers.filter((name) => !name.includes(':')).map((name) => name.toLowerCase())),
  };
}

function hasName(names: PeerNames, socket: TLSSocket): boolean {
  if (names.uris.size + names.dnsNames.size === 0 || socket.encrypted !== true || !socket.authorized) return false;
  const { uris, dnsNames } = namesOf(socket.getPeerCertificate().subjectaltname);
  return uris.some((uri) => names.uris.has(uri)) || dnsNames.some((name) => names.dnsNames.has(name));
}
