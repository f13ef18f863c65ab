/**
 * `api denylist check --jti X`, run in a pod: is the token refused, and does the process that serves in this pod know it? The durable list says
 * which entry refuses it; `/statusz` of the process says how far it has read. Exit 0: refused here. 1: not revoked. 2: revoked, but not here
 * yet, or nobody could say.
 */
import { parseArgs } from 'node:util';
import { address, ConfigInvalid } from '@launchgate/runtime/config';
import pg from 'pg';
import { z } from 'zod';
import { commandClient } from '../config/database.ts';

export const DENYLIST_SQL = {
  find: `SELECT d.id::int AS id, d.reason, d.at FROM denylist d
WHERE d.kind = $1 AND d.value = $2 AND d.lifts IS NULL AND d.until > now() AND NOT EXISTS (SELECT FROM denylist l WHERE l.lifts = d.id)
ORDER BY d.id LIMIT 1`,
} as const;

const KINDS = { jti: 'token', sub: 'subject', sid: 'session', tenant: 'tenant', kid: 'key' } as const;
const USAGE = 'usage: api denylist check --jti=X | --sub=X | --sid=X | --tenant=X | --kid=X';
const status = z.object({ denylist: z.object({ head: z.number(), stale: z.boolean(), ageMs: z.number().nullable() }) });

export async function denylistCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const options = Object.fromEntries(Object.keys(KINDS).map((name) => [name, { type: 'string' as const }]));
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [named, ...more] = Object.entries(values);
  // Of an empty variable of a script as well: that nothing is revoked would be no answer about the token.
  if (positionals.join(' ') !== 'check' || named === undefined || named[1] === '' || more.length > 0)
    throw new ConfigInvalid([USAGE]);
  const [name, value] = named;
  const entry = await find(KINDS[name as keyof typeof KINDS], String(value), env);
  if (entry === undefined) return say(1, `${name} ${value} is not revoked`);
  const revoked = `${name} ${value} is revoked by entry ${entry.id} since ${entry.at.toISOString()} (${entry.reason})`;
  const here = await ownProcess(env).catch(() => undefined);
  if (here === undefined) return say(2, `${revoked}; the process in this pod does not answer`);
  if (here.head < entry.id) return say(2, `${revoked}; the process in this pod has read up to ${here.head} only`);
  return say(
    0,
    `${revoked}; the process in this pod refuses it${here.stale ? ' (its copy is stale: admins are refused altogether)' : ''}`,
  );
}

async function find(
  kind: string,
  value: string,
  env: NodeJS.ProcessEnv,
): Promise<{ id: number; reason: string; at: Date } | undefined> {
  const client = new pg.Client({ ...(await commandClient(env)), query_timeout: 5000 });
  await client.connect();
  try {
    return (await client.query<{ id: number; reason: string; at: Date }>(DENYLIST_SQL.find, [kind, value])).rows[0];
  } finally {
    await client.end();
  }
}

async function ownProcess(env: NodeJS.ProcessEnv): Promise<{ head: number; stale: boolean }> {
  const { host, port } = address.parse(env['HEALTH_ADDR'] ?? ':8081');
  const answer = await fetch(`http://${host ?? '127.0.0.1'}:${port}/statusz`, { signal: AbortSignal.timeout(3000) });
  return status.parse(await answer.json()).denylist;
}

function say(code: number, text: string): number {
  process.stdout.write(`${text}\n`);
  return code;
}
