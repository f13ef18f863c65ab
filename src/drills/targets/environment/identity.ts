/** What an environment is, measured: a name can be given to anything, these cannot be inherited by a copy. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import type { ClusterWay } from '../../../model/drill/cluster.ts';
import { connectSql } from './sql.ts';
import { kubeAccess, kubeCall, type KubeAccess } from './kubernetes.ts';
import type { OpenSettings, Secret } from './settings.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 15_000;

/** Every identity that the settings can measure, the strongest first. Rejects where one cannot be measured. */
export async function measureIdentities(settings: OpenSettings): Promise<string[]> {
  const { kubernetes, postgres, account } = settings.identity;
  return [
    ...(kubernetes === undefined
      ? []
      : [await clusterIdentity(clusterAccess(settings), AbortSignal.timeout(TIMEOUT_MS))]),
    ...(postgres === undefined ? [] : [await postgresIdentity(settings.secret(postgres.url))]),
    ...(account === undefined ? [] : [await accountIdentity(account.command)]),
  ];
}

/** The access that the settings identify the environment by, or another way that is named instead. */
export function clusterAccess({ identity: { kubernetes }, path }: OpenSettings, way: ClusterWay = {}): KubeAccess {
  if (way.kubeconfig !== undefined) return kubeAccess({ file: way.kubeconfig, context: way.context });
  const { kubeconfig, context } = kubernetes ?? {};
  return kubeAccess({
    file: kubeconfig === undefined ? undefined : path(kubeconfig),
    context: way.context ?? context,
  });
}

/** The UID of `kube-system`: made with the cluster, and by nobody's choice. */
export async function clusterIdentity(access: KubeAccess, signal: AbortSignal): Promise<string> {
  const answer = (await kubeCall(access, 'GET', '/api/v1/namespaces/kube-system', signal)) as {
    metadata?: { uid?: unknown };
  };
  const uid = answer.metadata?.uid;
  if (typeof uid !== 'string' || uid === '') throw new Error('the cluster does not say the UID of kube-system');
  return `kubernetes:${uid}`;
}

/** A restored copy has the same system_identifier, so the data directory and the server's own address belong to it. */
export async function postgresIdentity(url: string): Promise<string> {
  const sql = await connectSql(url, AbortSignal.timeout(TIMEOUT_MS));
  try {
    const [row] = await sql.query(
      `SELECT (SELECT system_identifier::text FROM pg_control_system()) AS id, current_setting('data_directory') AS folder,
       coalesce(host(inet_server_addr()), 'local') AS address, coalesce(inet_server_port(), 0)::text AS port`,
    );
    if (row === undefined) throw new Error('PostgreSQL does not say who it is');
    const place = [row['folder'], row['address'], row['port']].join('|');
    return `postgres:${String(row['id'])}:${createHash('sha256').update(place).digest('hex').slice(0, 16)}`;
  } finally {
    await sql.close();
  }
}

/**
 * What the databases are that the settings name, by store, where a server tells: one that is no PostgreSQL, or whose role may not ask for the data
 * directory, does not.
 */
export async function databaseIdentities({ databases, secret }: OpenSettings): Promise<ReadonlyMap<string, string>> {
  const identityOf = async (named: Secret): Promise<string | undefined> => {
    const url = secret(named);
    return /^postgres(?:ql)?:/.test(url) ? postgresIdentity(url) : undefined;
  };
  const told = await Promise.all(
    Object.entries(databases).map(async ([store, { url }]) => {
      const identity = await identityOf(url).catch(() => undefined);
      return identity === undefined ? [] : [[store, identity] as const];
    }),
  );
  return new Map(told.flat());
}

async function accountIdentity([program = '', ...args]: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, { timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 });
  const account = stdout.trim();
  if (!/^[\w.:/@-]{1,200}$/.test(account)) throw new Error(`${program} does not print an account and nothing else`);
  return `account:${account}`;
}
