/** What Redis keeps of a session, as a hash: where it is, and in whose name it was opened last, which a revocation may name. */
import { z } from 'zod';
import type { Bearer } from './tickets.ts';

export interface SessionRecord {
  readonly session: string;
  readonly node: string;
  readonly nodeAddr: string;
  /** The pod that showed it last. */
  readonly pod: string;
  readonly bearer: Bearer;
}

/** Fields of a hash are text. An empty one is a claim that the ticket did not have, and takes the place of an earlier ticket's. */
const claim = z
  .string()
  .transform((value) => (value === '' ? undefined : value))
  .optional();
const second = claim.transform((value) => (value === undefined ? undefined : Number(value)));

const stored = z.object({
  user: z.string().min(1),
  node: z.string(),
  nodeAddr: z.string(),
  pod: z.string(),
  tenant: claim,
  sid: claim,
  ati: claim,
  aiat: second,
  akid: claim,
  iat: second,
});

export function writeRecord({ node, nodeAddr, pod, bearer }: SessionRecord): Record<string, string | number> {
  const { sub, tenant = '', sid = '', ati = '', aiat = '', akid = '', iat } = bearer;
  return { user: sub, node, nodeAddr, pod, tenant, sid, ati, aiat, akid, iat };
}

/** Undefined where the hash is none of a session: a claim that was refused leaves its fence. */
export function readRecord(session: string, hash: unknown): SessionRecord | undefined {
  const parsed = stored.safeParse(hash);
  if (!parsed.success) return undefined;
  const { user, node, nodeAddr, pod, iat = 0, ...claims } = parsed.data;
  return { session, node, nodeAddr, pod, bearer: { ...claims, sub: user, iat } };
}
