/** What the platform's audit trail holds of a request, and whether its chain is unbroken. */
import { exportAudit, verifyChain } from '@launchgate/runtime/audit';
import pg from 'pg';
import { z } from 'zod';
import type { Emergency, TrailEntry } from '../../../../model/drill/emergency.ts';
import type { Lab } from '../../../lab/part.ts';
import { superuser } from '../../../lab/parts/postgres.ts';

const PREFIX = 'break-glass.';
const event = z.looseObject({
  at: z.string(),
  actor: z.looseObject({ id: z.string() }),
  action: z.string(),
  outcome: z.string(),
  target: z.looseObject({ id: z.string() }),
});
const actions = z.enum(['asked', 'approved', 'granted', 'used', 'refused']);

export async function trailOf(lab: Lab, id: string): ReturnType<Emergency['trail']> {
  const client = new pg.Client(superuser(lab, 'postgres'));
  client.on('error', () => undefined);
  await client.connect();
  try {
    const lines: string[] = [];
    for await (const line of exportAudit(client)) lines.push(line);
    const verdict = await verifyChain(lines);
    const entries = lines
      .map((line) => event.parse(JSON.parse(line)))
      .filter(({ action, target }) => target.id === id && action.startsWith(PREFIX))
      .map(({ at, actor, action, outcome }): TrailEntry => {
        const said = actions.parse(action.slice(PREFIX.length));
        return { at, actor: actor.id, action: outcome === 'success' ? said : 'refused' };
      });
    return { whole: verdict.state === 'sound' && verdict.count > 0, entries };
  } finally {
    await client.end();
  }
}
