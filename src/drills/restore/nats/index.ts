/** NATS JetStream: a snapshot of every stream with its consumers, through the server's API, so that it may go on meanwhile. */
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import type { BackupWay, Contents, Marker } from '../../../model/drill/backups.ts';
import { reservePorts } from '../../lab/run/ports.ts';
import { openCopy, type Copy } from '../copy.ts';
import { addBackup, inspectSealed, newestBackup, type SealedPlace } from '../repository.ts';
import { unseal } from '../seal.ts';
import { notOffered, phases, type RestoredStore, type StoreBackups } from '../types.ts';
import type { Use } from '../../target.ts';
import { ask, restoreSnapshot, snapshotSchema, streamNames, takeSnapshot } from './snapshot.ts';

const jetstream: BackupWay = { name: 'jetstream', continuous: false, pointInTime: false, sql: false };

/** A stream of the drill's own. It is left out of what is compared. */
const MARKERS = 'launchgate-drill';
const SUBJECT = 'launchgate.drill';
const STREAM_NAME = /^[^\s.*>/\\]{1,255}$/;

const infoSchema = z.looseObject({
  state: z.looseObject({ messages: z.int(), bytes: z.int(), first_seq: z.int(), last_seq: z.int() }),
});

export interface NatsSource {
  readonly store: string;
  /** System user that its server runs as. */
  readonly user: string;
  readonly use: Use;
  readonly backups: SealedPlace;
  /** Name of the account whose streams these are: the server files them by it. */
  readonly account: string;
  connect(): Promise<NatsConnection>;
}

export function natsBackups(source: NatsSource): StoreBackups {
  const asked = <T>(work: (connection: NatsConnection) => Promise<T>): Promise<T> => using(source.connect(), work);
  return {
    ways: [jetstream],
    take: () => take(source),
    ship: () => Promise.resolve(),
    inspect: async () => inspectSealed(source.backups, 'jetstream'),
    mark: () => asked(mark),
    unmark: () => asked(unmark),
    census: () => asked(readContents),
    restore: () => restore(source),
  };
}

async function take(source: NatsSource): Promise<void> {
  const copy = await openCopy(source.use, `${source.store}-jetstream`, source.user);
  // Also where there is no stream: a backup of nothing is one.
  copy.make('streams');
  await using(source.connect(), async (connection) => {
    for (const name of await streamNames(connection)) await snapshotInto(copy, connection, name);
  });
  await addBackup(source.backups, 'jetstream', async (to) => {
    // The files belong to whoever takes the backup.
    await copy.mustRun('tar', ['-c', 'streams'], { output: to, user: undefined });
  });
  await copy.remove();
}

async function snapshotInto(copy: Copy, connection: NatsConnection, name: string): Promise<void> {
  if (!STREAM_NAME.test(name)) throw new RangeError(`a stream named ${JSON.stringify(name)} cannot be filed`);
  const answer = await takeSnapshot(connection, name, join(copy.folder, 'streams', `${name}.snapshot`));
  const { config, state } = answer;
  copy.write(join('streams', `${name}.json`), JSON.stringify({ config, state }));
}

async function restore(source: NatsSource): Promise<RestoredStore> {
  const copy = await openCopy(source.use, `${source.store}-nats`, source.user);
  const timing = phases();
  const streams = join(copy.folder, 'streams');
  await timing.during('unseal', async () => {
    const tar = join(copy.folder, 'backup.tar');
    const backup = newestBackup(source.backups.folder, 'jetstream');
    await unseal(backup, source.backups.secret, createWriteStream(tar, { mode: 0o600 }));
    await copy.mustRun('tar', ['-x'], { input: createReadStream(tar), user: undefined });
  });
  const reach = await timing.during('start', () => start(source, copy));
  await timing.during('load', () =>
    using(reach(), async (connection) => {
      for (const file of readdirSync(streams).filter((name) => name.endsWith('.json'))) {
        const snapshot = snapshotSchema.parse(JSON.parse(readFileSync(join(streams, file), 'utf8')));
        await restoreSnapshot(connection, snapshot, join(streams, file.replace(/\.json$/, '.snapshot')));
      }
    }),
  );
  const markers = await timing.during('first answer and write', () =>
    using(reach(), async (connection) => {
      const found = await readMarkers(connection);
      await ask(connection, 'STREAM.CREATE.launchgate-usable', {
        name: 'launchgate-usable',
        subjects: ['launchgate.usable'],
      });
      await connection.request('launchgate.usable', 'now', { timeout: 10_000 });
      await ask(connection, 'STREAM.DELETE.launchgate-usable');
      return found;
    }),
  );
  return {
    tookMs: timing.total(),
    phases: timing.all,
    markers,
    contents: () => using(reach(), readContents),
    faults: () => using(reach(), (connection) => faults(connection, copy)),
    sql: notOffered('SQL'),
    migrate: notOffered('migrations'),
    remove: copy.remove,
    async settle() {
      await copy.stop('SIGTERM');
      return join(copy.folder, 'data');
    },
  };
}

/** A server on loopback whose one user has a password that nobody else can read. */
async function start({ account }: NatsSource, copy: Copy): Promise<() => Promise<NatsConnection>> {
  const [port = 0] = await reservePorts([undefined]);
  const password = randomBytes(24).toString('base64url');
  const settings = {
    server_name: 'restored',
    host: '127.0.0.1',
    port,
    jetstream: { store_dir: copy.make('data') },
    accounts: { [account]: { jetstream: 'enabled', users: [{ user: 'drill', password }] } },
  };
  const config = copy.write('nats.conf', JSON.stringify(settings));
  const reach = () =>
    connect({ servers: `nats://127.0.0.1:${port}`, user: 'drill', pass: password, timeout: 10_000, reconnect: false });
  await copy.start('nats-server', ['-c', config], () =>
    using(reach(), async (connection) => void (await ask(connection, 'INFO'))),
  );
  return reach;
}

async function mark(connection: NatsConnection): Promise<Marker> {
  const config = { name: MARKERS, subjects: [SUBJECT], storage: 'file', num_replicas: 1, max_msgs: 100_000 };
  await ask(connection, `STREAM.CREATE.${MARKERS}`, config);
  const answer = await connection.request(SUBJECT, String(Date.now()), { timeout: 10_000 });
  const { seq } = z.looseObject({ seq: z.int() }).parse(answer.json());
  return { number: seq, at: Date.now() };
}

async function unmark(connection: NatsConnection): Promise<void> {
  if ((await streamNames(connection)).includes(MARKERS)) await ask(connection, `STREAM.DELETE.${MARKERS}`);
}

async function readMarkers(connection: NatsConnection): Promise<number[]> {
  if (!(await streamNames(connection)).includes(MARKERS)) return [];
  const { state } = infoSchema.parse(await ask(connection, `STREAM.INFO.${MARKERS}`));
  return state.messages === 0
    ? []
    : Array.from({ length: state.last_seq - state.first_seq + 1 }, (_, index) => state.first_seq + index);
}

/** A stream is the same one when its numbers and its bytes are. */
export async function readContents(connection: NatsConnection): Promise<Contents> {
  const contents: Record<string, { rows: number; digest: string }> = {};
  for (const name of await streamNames(connection)) {
    if (name === MARKERS) continue;
    const { state } = infoSchema.parse(await ask(connection, `STREAM.INFO.${name}`));
    contents[name] = { rows: state.messages, digest: digestOf(state) };
  }
  return contents;
}

/**
 * Of an empty stream only the last number tells something: the first is the one after it, and that of a stream which never held a message is 0 where it
 * was made and 1 where it was restored.
 */
function digestOf({ messages, bytes, first_seq: first, last_seq: last }: z.infer<typeof infoSchema>['state']): string {
  return messages === 0 ? `none after ${last}` : `${first}-${last}, ${bytes} bytes`;
}

/** The server verifies the checksum of each message when it makes a snapshot. */
async function faults(connection: NatsConnection, copy: Copy): Promise<string[]> {
  const found: string[] = [];
  const folder = mkdtempSync(join(copy.folder, 'verify-'));
  for (const name of await streamNames(connection)) {
    try {
      await takeSnapshot(connection, name, join(folder, 'snapshot'));
    } catch (error) {
      found.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return found;
}

async function using<T>(opening: Promise<NatsConnection>, work: (connection: NatsConnection) => Promise<T>) {
  const connection = await opening;
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
