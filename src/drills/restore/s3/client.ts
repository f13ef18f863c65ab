/** As much of the S3 API as a restore needs, path-style, so that any endpoint will do. https://docs.aws.amazon.com/AmazonS3/latest/API/ */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { CannotTell } from '../../../model/drill/drill.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import { call, type HttpAnswer, type HttpCall } from '../http.ts';
import { nowhere } from '../nowhere.ts';
import { encodeKey, NO_PAYLOAD, queryText, signed, type S3Credentials } from './sign.ts';

export interface S3Endpoint {
  readonly url: URL;
  readonly region: string;
  readonly ca?: string | undefined;
  readonly credentials: S3Credentials;
}

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

interface Call {
  readonly method: HttpCall['method'];
  readonly bucket: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly content: string | Readable; readonly bytes: number; readonly sha256: string };
  /** Without credentials, as anybody would. */
  readonly anonymous?: boolean;
}

/** Above this a restore reads for hours; a prefix narrows it. */
const MOST_OBJECTS = 10_000;

export type S3 = ReturnType<typeof s3Client>;

export function s3Client({ url, region, ca, credentials }: S3Endpoint, signal: AbortSignal) {
  async function send({ method, bucket, key, query = {}, headers = {}, body, anonymous = false }: Call) {
    const path = `${url.pathname.replace(/\/$/, '')}/${bucket}${key === undefined ? '' : `/${encodeKey(key)}`}`;
    const payload = body?.sha256 ?? NO_PAYLOAD;
    const own = { host: url.host, ...headers, ...(body === undefined ? {} : { 'content-length': String(body.bytes) }) };
    const text = queryText(query);
    return call(
      { url, ca },
      {
        method,
        path: text === '' ? path : `${path}?${text}`,
        headers: anonymous
          ? own
          : signed({ method, path, query, headers: own, payload }, credentials, region, new Date()),
        signal,
        ...(body === undefined ? {} : { body: body.content }),
      },
    );
  }

  async function ok(what: string, request: Call): Promise<HttpAnswer> {
    const answer = await send(request);
    if (answer.status < 300) return answer;
    throw new LaunchgateError('refused', `S3 refuses to ${what}: ${answer.status} ${codeOf(await answer.text())}`);
  }

  async function pages(what: string, bucket: string, query: Record<string, string>, next: Record<string, string>) {
    const found: XmlElement[] = [];
    for (let more: Record<string, string> | undefined = {}; more !== undefined;) {
      const answer = await ok(what, { method: 'GET', bucket, query: { ...query, ...more, 'encoding-type': 'url' } });
      const root = rootOf(await answer.text());
      found.push(root);
      more = textOf(root, 'IsTruncated') === 'true' ? continued(root, next) : undefined;
    }
    return found;
  }

  return {
    /** Status of a question that anybody may ask, without credentials. */
    async asAnybody(bucket: string, key?: string): Promise<number> {
      const answer = await send({ method: 'GET', bucket, ...(key === undefined ? {} : { key }), anonymous: true });
      answer.body.destroy();
      return answer.status;
    },

    /** `x-amz-server-side-encryption` of an object. */
    async encryption(bucket: string, key: string): Promise<string | undefined> {
      const answer = await ok(`look at ${key}`, { method: 'HEAD', bucket, key });
      answer.body.resume();
      return answer.header('x-amz-server-side-encryption');
    },

    async exists(bucket: string): Promise<boolean> {
      const answer = await send({ method: 'HEAD', bucket });
      answer.body.resume();
      return answer.status === 200;
    },

    /** In the order of their keys. Throws where there are more than can be restored in a drill. */
    async list(bucket: string, prefix: string): Promise<S3Object[]> {
      const query = { 'list-type': '2', prefix };
      const next = { 'continuation-token': 'NextContinuationToken' };
      const objects = (await pages(`list ${bucket}`, bucket, query, next)).flatMap((root) =>
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
    },

    /** Reads an object, into a file where one is named, and answers what it was. */
    async read(bucket: string, key: string, file?: string): Promise<S3Content> {
      const answer = await ok(`read ${key}`, { method: 'GET', bucket, key });
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
    },

    /** The server verifies the digest before it keeps the object. */
    async write(bucket: string, key: string, file: string, sha256: string): Promise<void> {
      const body = { content: createReadStream(file), bytes: statSync(file).size, sha256 };
      (await ok(`write ${key}`, { method: 'PUT', bucket, key, body })).body.resume();
    },

    async writeText(bucket: string, key: string, text: string): Promise<void> {
      const sha256 = createHash('sha256').update(text).digest('hex');
      const body = { content: text, bytes: Buffer.byteLength(text), sha256 };
      (await ok(`write ${key}`, { method: 'PUT', bucket, key, body })).body.resume();
    },

    /** Everything under the prefix, with all its versions. */
    async clear(bucket: string, prefix: string): Promise<void> {
      const next = { 'key-marker': 'NextKeyMarker', 'version-id-marker': 'NextVersionIdMarker' };
      for (const root of await pages(`list ${bucket}`, bucket, { versions: '', prefix }, next))
        for (const one of [...childrenOf(root, 'Version'), ...childrenOf(root, 'DeleteMarker')]) {
          const key = decoded(root, textOf(one, 'Key'));
          const query = { versionId: textOf(one, 'VersionId') };
          (await ok(`remove ${key}`, { method: 'DELETE', bucket, key, query })).body.resume();
        }
    },

    /** Buckets that a rule in force replicates this one to, and how soon each promises: seconds, where one does. */
    async replicates(bucket: string): Promise<{ readonly to: string; readonly within: number | undefined }[]> {
      const answer = await send({ method: 'GET', bucket, query: { replication: '' } });
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
    },
  };
}

/** S3 Replication Time Control. */
function promised(destination: XmlElement): number | undefined {
  const [control] = childrenOf(destination, 'ReplicationTime');
  const [time] = control === undefined ? [] : childrenOf(control, 'Time');
  if (control === undefined || time === undefined || textOf(control, 'Status') !== 'Enabled') return undefined;
  return Number(textOf(time, 'Minutes')) * 60;
}

function continued(root: XmlElement, next: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(next).map(([name, element]) => {
      const text = textOf(root, element);
      return [name, name === 'key-marker' ? decoded(root, text) : text];
    }),
  );
}

/** Of `encoding-type=url`: keys are encoded, tokens and ids of versions are not. */
function decoded(root: XmlElement, text: string): string {
  // An endpoint that does not know the parameter says so by leaving it out.
  return textOf(root, 'EncodingType') === 'url' ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}

function rootOf(text: string): XmlElement {
  const { root } = parseXml(text);
  if (root === null) throw new LaunchgateError('input-unreadable', 'S3 answers with a document that holds nothing');
  return root;
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child): child is XmlElement => child instanceof XmlElement && child.name === name);
}

function textOf(element: XmlElement, name: string): string {
  return childrenOf(element, name)[0]?.text ?? '';
}

/** `NoSuchBucket`; the beginning of what was said where it is no document of S3. */
function codeOf(text: string): string {
  try {
    return textOf(rootOf(text), 'Code');
  } catch {
    return text.slice(0, 120);
  }
}
