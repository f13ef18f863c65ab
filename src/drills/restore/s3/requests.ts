/** Requests to S3: signed, refusals told in words, and lists read to their last page. */
import type { Readable } from 'node:stream';
import type { XmlElement } from '@rgrove/parse-xml';
import { LaunchgateError } from '../../../model/errors.ts';
import { call, type HttpAnswer, type HttpCall } from '../http.ts';
import { codeOf, decoded, rootOf, textOf } from './documents.ts';
import { encodeKey, NO_PAYLOAD, queryText, signed, type S3Credentials } from './sign.ts';

export interface S3Endpoint {
  readonly url: URL;
  readonly region: string;
  readonly ca?: string | undefined;
  readonly credentials: S3Credentials;
}

export interface Call {
  readonly method: HttpCall['method'];
  readonly bucket: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly content: string | Readable; readonly bytes: number; readonly sha256: string };
  /** Without credentials, as anybody would. */
  readonly anonymous?: boolean;
}

export interface S3Requests {
  send(request: Call): Promise<HttpAnswer>;
  /** The same, and throws where S3 refuses to do `what`. */
  ok(what: string, request: Call): Promise<HttpAnswer>;
  /** The documents of a list; `next` names the parameters of the next page, and the elements that they come from. */
  pages(
    what: string,
    bucket: string,
    query: Readonly<Record<string, string>>,
    next: Readonly<Record<string, string>>,
  ): Promise<XmlElement[]>;
}

export function s3Requests(endpoint: S3Endpoint, signal: AbortSignal): S3Requests {
  const send = (request: Call) => sendTo(endpoint, request, signal);

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

  return { send, ok, pages };
}

async function sendTo(
  { url, region, ca, credentials }: S3Endpoint,
  { method, bucket, key, query = {}, headers = {}, body, anonymous = false }: Call,
  signal: AbortSignal,
): Promise<HttpAnswer> {
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

function continued(root: XmlElement, next: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(next).map(([name, element]) => {
      const text = textOf(root, element);
      return [name, name === 'key-marker' ? decoded(root, text) : text];
    }),
  );
}
