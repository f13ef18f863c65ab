/** A small fetch for probes: the whole answer within the caps, or `EgressRefused`. */
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { request, type Dispatcher } from 'undici';
import { EgressRefused, Refusal, uniform, type Report } from './errors.ts';
import type { EgressPolicy } from './policy.ts';
import { hostOf, parseUrl } from './target.ts';

export interface GuardedInit {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Its reason is what the promise rejects with; everything else rejects with `EgressRefused`. */
  readonly signal?: AbortSignal;
}

export type GuardedFetch = (url: string | URL, init?: GuardedInit) => Promise<Response>;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);
const NO_BODY = new Set([204, 205, 304]);
const UNPACK: Readonly<Record<string, (packed: Buffer, limit: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

export function guardedFetch(policy: EgressPolicy, dispatcher: Dispatcher, report: Report): GuardedFetch {
  return async (input, init = {}) => {
    const due = AbortSignal.timeout(policy.timeoutMs);
    const signal = init.signal === undefined ? due : AbortSignal.any([due, init.signal]);
    const host = hostOf(input);
    try {
      return await follow(policy, dispatcher, parseUrl(policy, input).url, { ...init, signal });
    } catch (error) {
      if (init.signal?.aborted === true) throw init.signal.reason;
      const isTold = error instanceof EgressRefused;
      throw uniform(due.aborted && !isTold ? new Refusal({ reason: 'timeout', host }) : error, report, { host });
    }
  };
}

async function follow(policy: EgressPolicy, dispatcher: Dispatcher, first: URL, init: GuardedInit): Promise<Response> {
  let url = first;
  let current = init;
  for (let hop = 0; ; hop++) {
    const { origin, pathname, search } = url;
    const { method = 'GET', headers = {}, body, signal } = current;
    const answer = await request(`${origin}${pathname}${search}`, {
      dispatcher,
      method,
      headers: withEncodings(headers),
      body: body ?? null,
      ...(signal === undefined ? {} : { signal }),
    });
    const location = answer.headers.location;
    if (policy.maxRedirects === 0 || !REDIRECTS.has(answer.statusCode) || typeof location !== 'string')
      return await whole(policy, answer);
    // Destroying a body makes it an error that nobody else listens to.
    answer.body.on('error', () => undefined).destroy();
    if (hop === policy.maxRedirects) throw new Refusal({ reason: 'redirects', host: url.host });
    const next = nextUrl(policy, url, location);
    current = nextInit(current, answer.statusCode, next.origin === url.origin);
    url = next;
  }
}

/** Each hop is a new target. From https there is no way back to http. */
function nextUrl(policy: EgressPolicy, from: URL, location: string): URL {
  // Headers are read byte by byte; what is beyond ASCII in this one is UTF-8, as browsers have it.
  const resolved = URL.parse(Buffer.from(location, 'latin1').toString('utf8'), from.href);
  if (resolved === null) throw new Refusal({ reason: 'redirect', host: from.host });
  if (from.protocol === 'https:' && resolved.protocol !== 'https:')
    throw new Refusal({ reason: 'downgrade', host: from.host });
  return parseUrl(policy, resolved).url;
}

/** As fetch does it: 303, and 301 and 302 after POST, become GET; credentials stay with their origin. */
function nextInit(init: GuardedInit, status: number, sameOrigin: boolean): GuardedInit {
  const { method = 'GET', headers = {}, body, signal } = init;
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST');
  const kept = Object.entries(headers).filter(([name]) => {
    const lower = name.toLowerCase();
    return (sameOrigin || !CREDENTIALS.has(lower)) && !(becomesGet && lower.startsWith('content-')) && lower !== 'host';
  });
  return {
    method: becomesGet ? 'GET' : method,
    headers: Object.fromEntries(kept),
    ...(becomesGet || body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function withEncodings(headers: Readonly<Record<string, string>>): Record<string, string> {
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'accept-encoding');
  return { ...headers, ...(named ? {} : { 'accept-encoding': 'identity' }) };
}

async function whole(policy: EgressPolicy, answer: Dispatcher.ResponseData): Promise<Response> {
  const packed = Buffer.from(await answer.body.arrayBuffer());
  const body = unpacked(packed, String(answer.headers['content-encoding'] ?? ''), policy.maxBytes);
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name === 'content-encoding' || name === 'content-length') continue;
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
  }
  return new Response(NO_BODY.has(answer.statusCode) ? null : new Uint8Array(body), {
    status: answer.statusCode,
    headers,
  });
}

/** At most one coding, and never more than `maxBytes` of it: a bomb is noticed at the cap, not after it. */
function unpacked(packed: Buffer, coding: string, maxBytes: number): Buffer {
  const name = coding.trim().toLowerCase();
  if (name === '' || name === 'identity' || packed.length === 0) return packed;
  const unpack = Object.hasOwn(UNPACK, name) ? UNPACK[name] : undefined;
  if (unpack === undefined) throw new Refusal({ reason: 'content-encoding' });
  try {
    return unpack(packed, { maxOutputLength: maxBytes });
  } catch (cause) {
    throw new Refusal({ reason: isTooLarge(cause) ? 'too-many-bytes' : 'content-encoding', cause });
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
