/** How each part of the lab is told that its mounted certificate has changed. Services and what scrapes them follow their files by themselves. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { edgeControl } from '../../../lab/parts/edge/control.ts';
import type { RunningLab } from '../../../lab/restart.ts';
import { restartPart } from '../../../lab/restart.ts';
import { runs } from '../../../lab/run/proc.ts';
import { readState, recordedProcess } from '../../../lab/run/state.ts';
import { connectRedis } from '../redis.ts';

type Reload = (open: RunningLab, part: string, signal: AbortSignal) => Promise<void>;

const RELOADS: Readonly<Record<string, Reload>> = {
  postgres: hangUp,
  'postgres-replica': hangUp,
  nats: hangUp,
  redis: configSet,
  cache: configSet,
  mariadb: flushTls,
  edge: ({ lab }, part) => edgeControl(lab.folder(part)).change((config) => config),
  // They read their certificate when they start, and nothing waits for them meanwhile: keys of the provider are cached.
  identity: restart,
  prober: restart,
};

export async function reload(open: RunningLab, part: string, signal: AbortSignal): Promise<void> {
  await RELOADS[part]?.(open, part, signal);
}

/** Whether the part takes a new certificate by a restart alone. */
export function isRestarted(part: string): boolean {
  return RELOADS[part] === restart;
}

function hangUp({ lab }: RunningLab, part: string): Promise<void> {
  signalPart(lab.directory, part, 'SIGHUP');
  return Promise.resolve();
}

/** To the process that runs as the part, and to no other that was given its pid since. */
export function signalPart(directory: string, part: string, name: NodeJS.Signals): void {
  const state = readState(directory);
  const id = state === undefined ? undefined : recordedProcess(state, part);
  if (id !== undefined && runs(id)) process.kill(id.pid, name);
}

/** Redis reads the files again when it is told their names, also the same ones. */
async function configSet({ lab }: RunningLab, part: string): Promise<void> {
  const { cert, key, ca } = lab.tls(part);
  const operator = await connectRedis(lab, { part: part as 'redis' | 'cache', user: 'lab_operator' });
  try {
    await operator.call('CONFIG', 'SET', 'tls-cert-file', cert, 'tls-key-file', key, 'tls-ca-cert-file', ca);
  } finally {
    await operator.close();
  }
}

/** By the socket, as whoever made the database. */
async function flushTls({ lab }: RunningLab, part: string): Promise<void> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({
    socketPath: join(lab.scratch(part), 'sock'),
    user: userInfo().username,
    connectTimeout: 3000,
  });
  try {
    await connection.query('FLUSH SSL');
  } finally {
    connection.destroy();
  }
}

async function restart(open: RunningLab, part: string, signal: AbortSignal): Promise<void> {
  await restartPart(open, part, signal);
}
