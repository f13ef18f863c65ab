/** Redis: a snapshot that it sends as to a replica (RDB), and the log of its writes as it lies on disk (AOF). */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupWay, Contents, Marker } from '../../../model/drill/backups.ts';
import { openCopy, type Copy } from '../copy.ts';
import { addBackup, inspectSealed, newestBackup, type SealedPlace } from '../repository.ts';
import { unseal } from '../seal.ts';
import { notOffered, phases, type RestoredStore, type StoreBackups } from '../types.ts';
import type { Use } from '../../target.ts';
import { AOF_FOLDER, copyAof, MANIFEST } from './aof.ts';
import { connectRedis, type RedisAddress } from './connect.ts';

/** Snapshots have a schedule; the log is as new as the disk that it is read from. */
const rdb: BackupWay = { name: 'rdb', continuous: false, pointInTime: false, sql: false };
const aof: BackupWay = { name: 'aof', continuous: false, pointInTime: false, sql: false };

const POLL_MS = 20;
/** A stream of the drill's own, under a prefix that one of the platform's roles may write. */
const MARKERS = 'session:launchgate-drill';

export interface RedisSource {
  readonly store: string;
  /** System user that its server runs as. */
  readonly user: string;
  readonly use: Use;
  readonly backups: SealedPlace;
  /** The server's `dir`. */
  readonly folder: string;
  /** Who may take snapshots, and who may write the markers. */
  readonly backup: RedisAddress;
  readonly writer: RedisAddress;
}

export function redisBackups(source: RedisSource): StoreBackups {
  return {
    ways: [rdb, aof],
    take: (way) => (way === 'aof' ? takeAof(source) : takeRdb(source)),
    ship: () => Promise.resolve(),
    inspect: async (way) => inspectSealed(source.backups, way),
    mark: () => mark(source),
    unmark: () => using(source.writer, async (call) => void (await call('DEL', MARKERS))),
    census: () => census(source),
    restore: (way) => restore(source, way),
  };
}

async function mark({ writer }: RedisSource): Promise<Marker> {
  return using(writer, async (call) => {
    const number = Number(await call('XLEN', MARKERS)) + 1;
    await call('XADD', MARKERS, `${number}-1`, 'at', Date.now());
    return { number, at: Date.now() };
  });
}

async function takeRdb({ store, user, use, backup, backups }: RedisSource): Promise<void> {
  const copy = await openCopy(use, `${store}-rdb`, user);
  const file = join(copy.folder, 'dump.rdb');
  copy.make('tls');
  const { host, port, user: name, password, tls: own } = backup;
  const paths = Object.entries({ cacert: own.ca, cert: own.cert, key: own.key }).flatMap(([option, pem]) => [
    `--${option}`,
    copy.write(join('tls', option), pem),
  ]);
  await copy.mustRun('redis-cli', ['-h', host, '-p', String(port), '--tls', ...paths, '--user', name, '--rdb', file], {
    env: { REDISCLI_AUTH: password },
  });
  await copy.mustRun('redis-check-rdb', [file]);
  await addBackup(backups, 'rdb', (to) => pipeline(createReadStream(file), to));
  await copy.remove();
}

async function takeAof({ store, user, use, folder, backups }: RedisSource): Promise<void> {
  const copy = await openCopy(use, `${store}-aof`, user);
  const files = await copyAof(join(folder, AOF_FOLDER), copy.make(AOF_FOLDER), copy);
  await addBackup(backups, 'aof', async (to) => {
    await copy.mustRun('tar', ['-c', ...files.map((name) => join(AOF_FOLDER, name))], { output: to });
  });
  await copy.remove();
}

async function restore(source: RedisSource, way: string): Promise<RestoredStore> {
  const copy = await openCopy(source.use, `${source.store}-redis`, source.user);
  const data = copy.make('data');
  const timing = phases();
  await timing.during('unseal', () => (way === 'aof' ? unpackAof(source, copy) : unpackRdb(source, copy)));
  const socket = join(copy.folder, 'sock');
  const address = { path: socket };
  await timing.during('load', () => {
    const config = copy.write('redis.conf', configuration(data, socket, way === 'aof'));
    return copy.start('redis-server', [config], () => using(address, loaded));
  });
  const contents = await using(address, async (call) => readContents(call, await markerKeys(call)));
  const markers = await timing.during('first answer and write', () =>
    using(address, async (call) => {
      await call('REPLICAOF', 'NO', 'ONE');
      const entries = (await call('XRANGE', MARKERS, '-', '+')) as readonly (readonly [string, unknown])[];
      await call('SET', 'launchgate:usable', Date.now());
      await call('DEL', 'launchgate:usable');
      return entries.map(([id]) => Number.parseInt(id, 10));
    }),
  );
  return {
    tookMs: timing.total(),
    phases: timing.all,
    markers,
    contents: () => Promise.resolve(contents),
    faults: () => faults(copy, data, way),
    sql: notOffered('SQL'),
    migrate: notOffered('migrations'),
    remove: copy.remove,
    async settle() {
      // A server that keeps a log reads nothing else when it starts, so a snapshot has to become one first.
      if (way === 'rdb') await using(address, logAll);
      await copy.stop('SIGTERM');
      return data;
    },
  };
}

async function unpackRdb({ backups }: RedisSource, copy: Copy): Promise<void> {
  const file = copy.write('data/dump.rdb', '');
  await unseal(newestBackup(backups.folder, 'rdb'), backups.secret, createWriteStream(file, { flags: 'r+' }));
}

async function unpackAof({ backups }: RedisSource, copy: Copy): Promise<void> {
  const tar = join(copy.folder, 'backup.tar');
  await unseal(newestBackup(backups.folder, 'aof'), backups.secret, createWriteStream(tar, { mode: 0o600 }));
  await copy.mustRun('tar', ['-x', '-C', join(copy.folder, 'data')], { input: createReadStream(tar) });
}

/**
 * Reached by its socket alone, which lies in a folder that nobody else may enter. It begins as a replica of nobody: a master would leave out what has
 * expired since, and nobody could tell that from what is missing.
 */
function configuration(data: string, socket: string, fromAof: boolean): string {
  return `${[
    'port 0',
    `unixsocket ${socket}`,
    'unixsocketperm 700',
    `dir ${data}`,
    'replicaof 127.0.0.1 1',
    `appendonly ${fromAof ? 'yes' : 'no'}`,
    'save ""',
    'daemonize no',
  ].join('\n')}\n`;
}

/** The server answers while it loads, and says that it does. */
async function loaded(call: Call): Promise<void> {
  if (!/^loading:0\r?$/m.test(String(await call('INFO', 'persistence')))) throw new Error('it is loading');
}

async function logAll(call: Call): Promise<void> {
  await call('CONFIG', 'SET', 'appendonly', 'yes');
  const busy = /^aof_rewrite_(?:in_progress|scheduled):1\r?$/m;
  while (busy.test(String(await call('INFO', 'persistence')))) await sleep(POLL_MS);
}

/** Keys by database. The live server's operator may not read keys, so they are counted; keys that expire make the number fall by itself. */
async function readContents(call: Call, markers: number): Promise<Contents> {
  const text = String(await call('INFO', 'keyspace'));
  const found = [...text.matchAll(/^(db\d+):keys=(\d+)/gm)].map(([, name = '', keys]) => [name, Number(keys)] as const);
  const { db0 = 0, ...others } = Object.fromEntries(found) as Record<string, number>;
  return Object.fromEntries(Object.entries({ db0: db0 - markers, ...others }).map(([name, rows]) => [name, { rows }]));
}

/** 1 where the drill's own key is there. */
async function markerKeys(call: Call): Promise<number> {
  return Number(await call('EXISTS', MARKERS));
}

async function census({ backup, writer }: RedisSource): Promise<Contents> {
  const markers = await using(writer, markerKeys);
  return using(backup, (call) => readContents(call, markers));
}

async function faults(copy: Copy, data: string, way: string): Promise<string[]> {
  const [tool, file] =
    way === 'aof'
      ? (['redis-check-aof', join(data, AOF_FOLDER, MANIFEST)] as const)
      : (['redis-check-rdb', join(data, 'dump.rdb')] as const);
  const said = await copy.run(tool, [file]);
  return said.status === 0 ? [] : [`${tool}: ${said.stdout.trim().split('\n').at(-1) ?? ''}`];
}

type Call = (command: string, ...args: readonly (string | number)[]) => Promise<unknown>;

async function using<T>(address: RedisAddress | { readonly path: string }, work: (call: Call) => Promise<T>) {
  const connection = await connectRedis(address);
  try {
    return await work(connection.call);
  } finally {
    connection.close();
  }
}
