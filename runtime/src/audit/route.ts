import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LONGEST, type Audit } from './audit.ts';
import type { AuditInput } from './types.ts';

export interface AuditRouteOptions {
  readonly action: string;
  /** Who it is; undefined where nobody was verified. */
  readonly actor: (request: FastifyRequest) => AuditInput['actor'] | undefined;
  readonly target: (request: FastifyRequest) => AuditInput['target'];
  /** Default: `request.id`. */
  readonly correlationId?: (request: FastifyRequest) => string;
  readonly fields?: (request: FastifyRequest) => AuditInput['fields'];
}

/**
 * Hooks for an admin route whose handler does not record by itself: spread them into its options. The event is kept before the answer
 * leaves; where it cannot be, the caller gets 503 instead of the answer, and knows that the outcome is unknown. A change in PostgreSQL is better
 * recorded in its own transaction with `audit.record`.
 */
export function auditRoute(audit: Audit, options: AuditRouteOptions) {
  return {
    async onSend(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
      try {
        const actor = options.actor(request);
        const fields = options.fields?.(request);
        await audit.record({
          actor: actor ?? { id: 'unverified', address: request.ip },
          action: options.action,
          target: keepable(options.target(request)),
          outcome: outcomeOf(reply.statusCode),
          correlationId: options.correlationId?.(request) ?? request.id,
          ...(fields === undefined ? {} : { fields }),
        });
        return payload;
      } catch (error) {
        request.log.error({ err: error, action: options.action }, 'audit event not kept');
        // Nobody reads it any more: whatever it holds open, a file or a cursor, would stay so.
        if (payload instanceof Readable) payload.destroy();
        void reply.code(503).type('application/json; charset=utf-8').removeHeader('content-length');
        return JSON.stringify({
          error: 'not_recorded',
          message: 'This could not be recorded; whether it was done is to be looked up.',
        });
      }
    },
  };
}

/** Names come from whoever asks, and one that the trail does not take must not keep his deed out of it. */
function keepable({ kind, id }: AuditInput['target']): AuditInput['target'] {
  const text = id
    .replace(/\p{Cc}/gu, '\ufffd')
    .slice(0, LONGEST)
    .toWellFormed();
  return { kind, id: text === '' ? '-' : text };
}

function outcomeOf(status: number): AuditInput['outcome'] {
  if (status < 400) return 'success';
  return status === 401 || status === 403 ? 'denied' : 'failure';
}
