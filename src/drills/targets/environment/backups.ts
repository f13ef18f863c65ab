/** Backups of an environment's stores that lie behind an API: buckets, and snapshots of Elasticsearch and OpenSearch. */
import { readFileSync } from 'node:fs';
import type { Backups } from '../../../model/drill/backups.ts';
import { CannotTell } from '../../../model/drill/drill.ts';
import { seconds } from '../../../model/duration.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import { s3Backups, type S3Place } from '../../restore/s3/index.ts';
import { searchBackups } from '../../restore/snapshots/index.ts';
import type { RemoteStore } from '../../restore/types.ts';
import type { Use } from '../../target.ts';
import { partly } from '../partly.ts';
import type { OpenSettings } from './settings.ts';

type BackupSettings = OpenSettings['backups'][string];
type S3Settings = Extract<BackupSettings, { s3: unknown }>['s3'];

export function environmentBackups(environment: string, settings: OpenSettings, use: Use): Backups {
  const known = (store: string): RemoteStore => {
    const found = environmentStore(settings, store, use);
    if (found !== undefined) return found;
    throw new CannotTell(`nothing says how the backups of store ${store} are reached`);
  };
  /** Noted each time: undone twice it does nothing. */
  const noted = async (store: string): Promise<RemoteStore> => {
    const data = { environment, settings: settings.file, store, run: use.run };
    await use.undo.before({ kind: 'clear-store', data });
    return known(store);
  };
  return partly<Backups>('backups', {
    ways: (store) => environmentStore(settings, store, use)?.ways ?? [],
    serving: (store) => known(store).serving(),
    take: async (store, way) => (await noted(store)).take(way),
    ship: (store) => known(store).ship(),
    inspect: (store, way) => known(store).inspect(way),
    mark: async (store) => (await noted(store)).mark(),
    census: (store) => known(store).census(),
    restore: async (store, way, until) => (await noted(store)).restore(way, until),
  });
}

/** `undefined` for a store whose backups the settings do not name. */
export function environmentStore(settings: OpenSettings, store: string, use: Use): RemoteStore | undefined {
  const named = settings.backups[store];
  if (named === undefined) return undefined;
  if ('s3' in named) return bucketStore(settings, store, named.s3, use);
  const { url, ca, authorization, repository, indices } = named.search;
  const endpoint = {
    url: new URL(url),
    ca: certificate(settings, ca),
    authorization: authorization === undefined ? undefined : settings.secret(authorization),
  };
  return searchBackups({ use, endpoint, repository, indices });
}

function bucketStore(settings: OpenSettings, store: string, s3: S3Settings, use: Use): RemoteStore {
  const { replica, into } = s3;
  if (into.bucket === s3.bucket || into.bucket === replica.bucket)
    throw new LaunchgateError(
      'usage',
      `restores of ${store} would go into ${into.bucket}, which holds what is to be restored`,
      {
        next: 'Name a bucket of its own under "into".',
      },
    );
  const { ca, accessKey, secretKey, sessionToken } = s3;
  const credentials = {
    accessKey: settings.secret(accessKey),
    secretKey: settings.secret(secretKey),
    sessionToken: sessionToken === undefined ? undefined : settings.secret(sessionToken),
  };
  const place = ({ url = s3.url, region = s3.region, bucket, prefix }: S3Settings['replica']): S3Place => ({
    url: new URL(url),
    region,
    ca: certificate(settings, ca),
    credentials,
    bucket,
    prefix,
  });
  return s3Backups({
    use,
    original: place(s3),
    replica: place(replica),
    into: place(into),
    patienceMs: seconds(s3.patience) * 1000,
  });
}

function certificate({ path }: OpenSettings, file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(path(file), 'utf8');
}
