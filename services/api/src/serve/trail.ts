/** Deeds become events of the audit trail, under the id of the request that did them. */
import { createAudit, postgresAudit, type PgPool } from '@launchgate/runtime/audit';
import { current } from '@launchgate/runtime/correlation';
import { mutable } from '../admin/routes.ts';
import type { RecordDeed } from '../admin/trail.ts';

/** What deeds may say beside who, what and when. */
const ALLOWED = ['kind', 'revocation', 'outcome', 'session'];

/** With `off`, nothing is recorded: for a drill that looks for the trail. */
export function trail(pool: PgPool, off: boolean): RecordDeed {
  const audit = createAudit({ sink: postgresAudit(pool), allow: ALLOWED });
  return async (request, principal, deed, tx) => {
    if (off) return;
    const { outcome = 'success', action, target, reason, after, fields } = deed;
    const context = current();
    await audit.record(
      {
        actor: { id: principal.sub, kind: 'user', address: request.ip },
        action,
        target,
        outcome,
        correlationId: context?.requestId ?? request.id,
        ...(context === undefined ? {} : { traceId: context.trace.traceId }),
        ...(reason === undefined ? {} : { reason: oneLine(reason) }),
        ...(after === undefined ? {} : { after }),
        ...(fields === undefined ? {} : { fields }),
      },
      tx === undefined ? undefined : mutable(tx),
    );
  };
}

/** The trail takes no control characters, and somebody's reason for an emergency is pasted from anywhere. */
function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(/\p{Cc}+/gu, ' ');
}
