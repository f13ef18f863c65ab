/** As much of the S3 API as a restore needs, path-style, so that any endpoint will do. https://docs.aws.amazon.com/AmazonS3/latest/API/ */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { XmlElement } from '@rgrove/parse-xml';
import { CannotTell } from '../../../model/drill/drill.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import { nowhere } from '../nowhere.ts';
import { childrenOf, codeOf, decoded, rootOf, textOf } from './documents.ts';
import { s3Requests, type S3Endpoint, type S3Requests } from './requests.ts';

export interface S3Object {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What was read of an object. */
export interface S3Content {
  /** Hex. */
  readonly sha256: string;
  readonly md5: string;
  readonly etag: string;
  /** `x-amz-server-side-encryption`: none where it is not encrypted at rest. */
  readonly encryption: string | undefined;
}

export interface S3 {
  /** Status of a question that anybody may ask, without credentials. */
  asAnybody(bucket: string, key?: string): Promise<number>;
  /** `x-amz-server-side-encryption` of an object. */
  encryption(bucket: string, key: string): Promise<string | undefined>;
  exists(bucket: string): Promise<boolean>;
  /** In the order of their keys. Throws where there are more than can be restored in a drill. */
  list(bucket: string, prefix: string): Promise<S3Object[]>;
  /** Reads an object, into a file where one is named, and answers what it was. */
  read(bucket: string, key: string, file?: string): Promise<S3Content>;
  /** The server verifies the digest before it keeps the object. */
  write(bucket: string, key: string, file: string, sha256: string): Promise<void>;
  writeText(bucket: string, key: string, text: string): Promise<void>;
  /** Everything under the prefix, with all its versions. */
  clear(bucket: string, prefix: string): Promise<void>;
  /** Buckets that a rule in force replicates this one to, and how soon each promises: seconds, where one does. */
  replicates(bucket: string): Promise<{ readonly to: string; readonly within: number | undefined }[]>;
}

/** Above this a restore reads for hours; a prefix narrows it. */
const MOST_OBJECTS = 10_000;

export function s3Client(endpoint: S3Endpoint, signal: AbortSignal): S3 {
  const s3 = s3Requests(endpoint, signal);
  return {
    asAnybody: (bucket, key) => asAnybody(s3, bucket, key),
    encryption: (bucket, key) => encryption(s3, bucket, key),
    exists: (bucket) => isThere(s3, bucket),
    list: (bucket, prefix) => list(s3, bucket, prefix),
    read: (bucket, key, file) => read(s3, bucket, key, file),
    write: (bucket, key, file, sha256) => write(s3, bucket, key, file, sha256),
    writeText: (bucket, key, text) => writeText(s3, bucket, key, text),
    clear: (bucket, prefix) => clear(s3, bucket, prefix),
    replicates: (bucket) => replicates(s3, bucket),
  };
}

async function asAnybody(s3: S3Requests, bucket: string, key?: string): Promise<number> {
  const answer = await s3.send({ method: 'GET', bucket, ...(key === undefined ? {} : { key }), anonymous: true });
  answer.body.destroy();
  return answer.status;
}

async function encryption(s3: S3Requests, bucket: string, key: string): Promise<string | undefined> {
  const answer = await s3.ok(`look at ${key}`, { method: 'HEAD', bucket, key });
  answer.body.resume();
  return answer.header('x-amz-server-side-encryption');
}

async function isThere(s3: S3Requests, bucket: string): Promise<boolean> {
  const answer = await s3.send({ method: 'HEAD', bucket });
  answer.body.resume();
  return answer.status === 200;
}

async function list(s3: S3Requests, bucket: string, prefix: string): Promise<S3Object[]> {
  const query = { 'list-type': '2', prefix };
  const next = { 'continuation-token': 'NextContinuationToken' };
  const objects = (await s3.pages(`list ${bucket}`, bucket, query, next)).flatMap((root) =>
    childrenOf(root, 'Contents').map((one) => ({
      key: decoded(root, textOf(one, 'Key')),
      bytes: Number(textOf(one, 'Size')),
      etag: textOf(one, 'ETag').replaceAll('"', ''),
      at: Date.parse(textOf(one, 'LastModified')),
    })),
  );
  if (objects.length <= MOST_OBJECTS) return objects;
  throw new CannotTell(
    `${bucket} holds ${objects.length} objects under "${prefix}", and a drill restores at most ${MOST_OBJECTS}: name a prefix in the settings of the store`,
  );
}

async function read(s3: S3Requests, bucket: string, key: string, file?: string): Promise<S3Content> {
  const answer = await s3.ok(`read ${key}`, { method: 'GET', bucket, key });
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  answer.body.on('data', (chunk: Buffer) => {
    sha256.update(chunk);
    md5.update(chunk);
  });
  await pipeline(answer.body, file === undefined ? nowhere() : createWriteStream(file, { mode: 0o600 }));
  return {
    sha256: sha256.digest('hex'),
    md5: md5.digest('hex'),
    etag: (answer.header('etag') ?? '').replaceAll('"', ''),
    encryption: answer.header('x-amz-server-side-encryption'),
  };
}

async function write(s3: S3Requests, bucket: string, key: string, file: string, sha256: string): Promise<void> {
  const body = { content: createReadStream(file), bytes: statSync(file).size, sha256 };
  (await s3.ok(`write ${key}`, { method: 'PUT', bucket, key, body })).body.resume();
}

async function writeText(s3: S3Requests, bucket: string, key: string, text: string): Promise<void> {
  const sha256 = createHash('sha256').update(text).digest('hex');
  const body = { content: text, bytes: Buffer.byteLength(text), sha256 };
  (await s3.ok(`write ${key}`, { method: 'PUT', bucket, key, body })).body.resume();
}

async function clear(s3: S3Requests, bucket: string, prefix: string): Promise<void> {
  const next = { 'key-marker': 'NextKeyMarker', 'version-id-marker': 'NextVersionIdMarker' };
  for (const root of await s3.pages(`list ${bucket}`, bucket, { versions: '', prefix }, next))
    for (const one of [...childrenOf(root, 'Version'), ...childrenOf(root, 'DeleteMarker')]) {
      const key = decoded(root, textOf(one, 'Key'));
      const query = { versionId: textOf(one, 'VersionId') };
      (await s3.ok(`remove ${key}`, { method: 'DELETE', bucket, key, query })).body.resume();
    }
}

async function replicates(
  s3: S3Requests,
  bucket: string,
): Promise<{ readonly to: string; readonly within: number | undefined }[]> {
  const answer = await s3.send({ method: 'GET', bucket, query: { replication: '' } });
  const text = await answer.text();
  if (answer.status === 404 && codeOf(text) === 'ReplicationConfigurationNotFoundError') return [];
  if (answer.status >= 300)
    throw new LaunchgateError(
      'refused',
      `S3 does not say how ${bucket} is replicated: ${answer.status} ${codeOf(text)}`,
    );
  return childrenOf(rootOf(text), 'Rule')
    .filter((rule) => textOf(rule, 'Status') === 'Enabled')
    .flatMap((rule) => childrenOf(rule, 'Destination'))
    .map((to) => ({ to: textOf(to, 'Bucket').replace(/^arn:[\w-]+:s3:::/, ''), within: promised(to) }));
}

/** S3 Replication Time Control. */
function promised(destination: XmlElement): number | undefined {
  const [control] = childrenOf(destination, 'ReplicationTime');
  const [time] = control === undefined ? [] : childrenOf(control, 'Time');
  if (control === undefined || time === undefined || textOf(control, 'Status') !== 'Enabled') return undefined;
  return Number(textOf(time, 'Minutes')) * 60;
}
