/** Who did what to whom, for everything that a person may be asked about later. Written in the transaction of the deed where there is one. */
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../identity/token.ts';
import type { Queryable } from '../stores/database.ts';

export interface Deed {
  /** `node.add`, `user.suspend`. */
  readonly action: string;
  readonly target: { readonly kind: string; readonly id: string };
  readonly outcome?: 'success' | 'denied' | 'failure';
  readonly reason?: string;
  /** Only its digest is kept. */
  readonly after?: unknown;
  readonly fields?: Readonly<Record<string, string | number | boolean | null>>;
}

export type RecordDeed = (request: FastifyRequest, principal: Principal, deed: Deed, tx?: Queryable) => Promise<void>;
