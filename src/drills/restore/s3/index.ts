/** A bucket, restored from the bucket that it is replicated to into a third place: object by object, through this machine, which sees each byte. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupWay, Contents, Marker, Repository } from '../../../model/drill/backups.ts';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { Use } from '../../target.ts';
import { notOffered, phases, type RemoteStore, type RestoredStore } from '../types.ts';
import { s3Client, type S3, type S3Content, type S3Object } from './client.ts';
import type { S3Endpoint } from './requests.ts';

/** Not continuous: what is not in it by now is what its age tells, and that is held to the RPO. */
const replica: BackupWay = { name: 'replica', continuous: false, pointInTime: false, sql: false, ongoing: true };

const MARKERS = 'launchgate-drill-markers/';
/** Requests at a time. */
const WIDTH = 8;
const POLL_MS = 1000;
const MOST_NAMED = 20;

export interface S3Place extends S3Endpoint {
  readonly bucket: string;
  /** What of the bucket is meant; empty: all of it. */
  readonly prefix: string;
}

export interface S3Source {
  readonly use: Use;
  readonly original: S3Place;
  readonly replica: S3Place;
  /** Where a restore goes: under a folder of its run. */
  readonly into: S3Place;
  /** How long the drill waits for what it wrote to be in the replica, milliseconds. */
  readonly patienceMs: number;
}

interface Opened extends S3Source {
  readonly from: S3;
  readonly copy: S3;
  readonly to: S3;
  /** Prefix of what this run restores. */
  readonly target: string;
}

export function s3Backups(source: S3Source): RemoteStore {
  const { original, into, use } = source;
  const open: Opened = {
    ...source,
    from: s3Client(original, use.signal),
    copy: s3Client(source.replica, use.signal),
    to: s3Client(into, use.signal),
    target: `${into.prefix}launchgate-drill/${use.run}/`,
  };
  return {
    ways: [replica],
    // It goes on by itself.
    take: () => Promise.resolve(),
    ship: async () => void (await untilReplicated(open)),
    serving: async () => Number(await open.from.exists(original.bucket)),
    inspect: () => inspect(open),
    mark: () => mark(open),
    unmark: () => open.from.clear(original.bucket, markersOf(original)),
    census: () => readContents(open.from, original.bucket, original.prefix),
    restore: () => restore(open),
    async clear() {
      await open.from.clear(original.bucket, markersOf(original));
      await open.to.clear(into.bucket, open.target);
    },
  };
}

function markersOf({ prefix }: S3Place): string {
  return `${prefix}${MARKERS}`;
}

async function mark({ from, original }: Opened): Promise<Marker> {
  const number = (await from.list(original.bucket, markersOf(original))).length + 1;
  await from.writeText(original.bucket, `${markersOf(original)}${number}`, 'A marker of a restore drill.');
  return { number, at: Date.now() };
}

/** Objects of the original that the replica lacks or has otherwise, once all that were there have had the time that the drill gives them. */
async function untilReplicated(open: Opened): Promise<S3Object[]> {
  const { from, copy, original, replica: other, patienceMs, use } = open;
  const there = await from.list(original.bucket, original.prefix);
  for (const end = Date.now() + patienceMs; ; await sleep(POLL_MS, undefined, { signal: use.signal })) {
    const copies = new Map((await copy.list(other.bucket, other.prefix)).map((one) => [relative(other, one.key), one]));
    const missing = there.filter((one) => copies.get(relative(original, one.key))?.bytes !== one.bytes);
    if (missing.length === 0 || Date.now() >= end) return missing;
  }
}

/** How far back one has to go for all to be in the replica counts as its age. */
async function inspect(open: Opened): Promise<Repository> {
  const { from, copy, original, replica: other } = open;
  const [rule] = (await from.replicates(original.bucket)).filter(({ to }) => to === other.bucket);
  const missing = await untilReplicated(open);
  const objects = await copy.list(other.bucket, other.prefix);
  const read = await Promise.all([
    copy.asAnybody(other.bucket),
    ...objects.slice(0, 1).map(({ key }) => copy.asAnybody(other.bucket, key)),
  ]);
  const heads = await each(objects, ({ key }) => copy.encryption(other.bucket, key));
  return {
    backups: objects.length === 0 ? 0 : 1,
    ageSeconds: missing.length === 0 ? 0 : (Date.now() - Math.min(...missing.map(({ at }) => at))) / 1000,
    ...(rule?.within === undefined ? {} : { shippedWithin: rule.within }),
    exposed: read.some((status) => status < 300) ? [`${other.bucket}, which answers anybody`] : [],
    plain: objects
      .filter((_, index) => heads[index] === undefined)
      .map(({ key }) => key)
      .slice(0, MOST_NAMED),
    faults: rule === undefined ? [`no rule in force replicates ${original.bucket} to ${other.bucket}`] : [],
  };
}

async function restore(open: Opened): Promise<RestoredStore> {
  const { copy, to, replica: other, into, target, use, patienceMs } = open;
  const timing = phases();
  const objects = await timing.during('list', () => copy.list(other.bucket, other.prefix));
  const markers = objects.flatMap(({ key }) =>
    key.startsWith(markersOf(other)) ? [Number(key.slice(markersOf(other).length))] : [],
  );
  if (markers.length === 0)
    throw new CannotTell(
      `nothing that was written meanwhile is in ${other.bucket} after ${patienceMs / 1000} s, so it cannot be told whether anything is replicated to it now`,
    );
  const faults: string[] = [];
  await timing.during('copy', async () => {
    await each(objects, async ({ key }, index) => {
      const file = join(use.scratch, `object-${index}`);
      const read = await copy.read(other.bucket, key, file);
      if (!isWhole(read)) faults.push(`${key} is not what its ETag says`);
      await to.write(into.bucket, `${target}${relative(other, key)}`, file, read.sha256);
      rmSync(file);
    });
  });
  await timing.during('first answer and write', async () => {
    await to.writeText(into.bucket, `${target}${MARKERS}usable`, 'It takes a write.');
    await to.read(into.bucket, `${target}${MARKERS}usable`);
  });
  return {
    tookMs: timing.total(),
    phases: timing.all,
    markers: markers.sort((a, b) => a - b),
    contents: () => readContents(to, into.bucket, target),
    faults: () => Promise.resolve(faults),
    sql: notOffered('SQL'),
    migrate: notOffered('migrations'),
    settle: notOffered('data that a server of the lab could take over'),
    remove: () => to.clear(into.bucket, target),
  };
}

/** An ETag is the MD5 of the object where it was written in one piece and its key is the bucket's own. */
function isWhole({ etag, md5, encryption }: S3Content): boolean {
  const isDigest = /^[0-9a-f]{32}$/.test(etag) && (encryption === undefined || encryption === 'AES256');
  return !isDigest || etag === md5;
}

async function readContents(client: S3, bucket: string, prefix: string): Promise<Contents> {
  const objects = (await client.list(bucket, prefix)).filter(({ key }) => !key.startsWith(`${prefix}${MARKERS}`));
  const digests = await each(objects, async ({ key }) => (await client.read(bucket, key)).sha256);
  return Object.fromEntries(
    objects.map(({ key }, index) => [key.slice(prefix.length), { rows: 1, digest: digests[index]! }]),
  );
}

function relative({ prefix }: S3Place, key: string): string {
  return key.slice(prefix.length);
}

/** Some at a time; answers in the order of the items. */
async function each<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  return results;
}
