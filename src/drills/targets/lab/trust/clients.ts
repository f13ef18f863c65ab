/** Certificates that the lab issues for a drill: kept in memory, and known outside by their serial alone. */
import { X509Certificate } from 'node:crypto';
import type { ClientCertificate } from '../../../../model/drill/trust.ts';
import { issueLeaf, makeGeneration, type Generation, type Leaf } from '../../../lab/trust/authority.ts';

const HOUR = 3_600_000;
const DEFAULT_LIFE = HOUR;

/** By the object that the drill was given. */
const leaves = new WeakMap<ClientCertificate, Leaf>();

/** `ip`: addresses that it names beside 127.0.0.1. */
export async function issueClient(
  by: Generation,
  lifeMs = DEFAULT_LIFE,
  ip: readonly string[] = [],
): Promise<ClientCertificate> {
  const leaf = await issueLeaf(by, { ...NAMES, ip: [...NAMES.ip, ...ip], spiffe: SPIFFE }, lifeMs / HOUR);
  const { serialNumber, validToDate } = new X509Certificate(leaf.chain);
  const certificate: ClientCertificate = { serial: serialNumber, notAfter: validToDate.getTime() };
  leaves.set(certificate, leaf);
  return certificate;
}

/** Certificate and key; only for those that this process issued. */
export function leafOf(certificate: ClientCertificate): Leaf {
  const leaf = leaves.get(certificate);
  if (leaf === undefined) throw new TypeError('no certificate of this drill');
  return leaf;
}

/** An authority that nobody in the lab has heard of, with all the right names. */
export function foreignAuthority(): Promise<Generation> {
  return makeGeneration('somebody else');
}

const NAMES = { commonName: 'drill', dns: ['localhost'], ip: ['127.0.0.1'] } as const;
const SPIFFE = 'spiffe://gpucloud.internal/ns/lab/sa/lab-operator';
