/**
 * `api retention run --batch=5000 --max-duration=50m`: deletes what may no longer be kept, in small batches, so that no lock lasts. The audit trail
 * is not among it: its table refuses deletion, and who shortens it has to break its chain visibly.
 */
import { parseArgs } from 'node:util';
import { ConfigInvalid, parseDuration } from '@launchgate/runtime/config';
import pg from 'pg';
import { commandClient } from '../config/database.ts';

/** Each deletes at most $1 rows older than $2 milliseconds. */
export const RETENTION_SQL = {
  sessions: `DELETE FROM terminal_sessions WHERE id IN
(SELECT id FROM terminal_sessions WHERE created_at < now() - $2::float8 * interval '1 millisecond' ORDER BY created_at LIMIT $1)`,
  webhookEvents: `DELETE FROM webhook_event WHERE (provider, event_id) IN
(SELECT provider, event_id FROM webhook_event WHERE received_at < now() - $2::float8 * interval '1 millisecond' AND state <> 'dead' LIMIT $1)`,
  outbox: `DELETE FROM outbox WHERE id IN
(SELECT id FROM outbox WHERE published_at < now() - $2::float8 * interval '1 millisecond' ORDER BY published_at LIMIT $1)`,
  eventOutbox: `DELETE FROM event_outbox WHERE id IN
(SELECT id FROM event_outbox WHERE published_at < now() - $2::float8 * interval '1 millisecond' ORDER BY published_at LIMIT $1)`,
} as const;

const KEPT: Readonly<Record<keyof typeof RETENTION_SQL, readonly [variable: string, byDefault: string]>> = {
  sessions: ['RETAIN_SESSIONS', '30d'],
  webhookEvents: ['RETAIN_WEBHOOK_EVENTS', '90d'],
  outbox: ['RETAIN_OUTBOX', '7d'],
  eventOutbox: ['RETAIN_OUTBOX', '7d'],
};

export async function retentionCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { batch: { type: 'string' }, 'max-duration': { type: 'string' } },
  });
  const batch = Number(values.batch ?? '5000');
  const longest = parseDuration(values['max-duration'] ?? '50m');
  if (
    positionals.join(' ') !== 'run' ||
    !(Number.isInteger(batch) && batch > 0 && batch <= 100_000) ||
    longest === undefined
  )
    throw new ConfigInvalid(['usage: api retention run [--batch=5000] [--max-duration=50m]']);
  const client = new pg.Client({ ...(await commandClient(env)), query_timeout: 120_000 });
  await client.connect();
  try {
    return await forget(client, batch, Date.now() + longest, env);
  } finally {
    await client.end();
  }
}

async function forget(client: pg.Client, batch: number, until: number, env: NodeJS.ProcessEnv): Promise<number> {
  let unfinished = false;
  for (const [what, statement] of Object.entries(RETENTION_SQL)) {
    const [variable, byDefault] = KEPT[what as keyof typeof RETENTION_SQL];
    const age = parseDuration(env[variable] ?? byDefault);
    if (age === undefined || age < 3_600_000)
      throw new ConfigInvalid([`${variable}: expected a duration of an hour or more, such as 30d`]);
    let deleted = 0;
    let last = batch;
    while (last === batch && Date.now() < until)
      deleted += last = (await client.query(statement, [batch, age])).rowCount ?? 0;
    unfinished ||= last === batch;
    process.stdout.write(
      `${JSON.stringify({ time: new Date().toISOString(), service: 'retention', msg: 'deleted', what, deleted })}\n`,
    );
  }
  // Too much for one night is not done: the next run goes on, and the job says so.
  return unfinished ? 1 : 0;
}
