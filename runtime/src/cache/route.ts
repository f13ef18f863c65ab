import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { within } from '../shared/within.ts';
import { statusOf } from './status.ts';
import { CacheUnavailable, type Cache, type Cached } from './types.ts';

export interface CachedRouteOptions {
  /**
   * Names the answer: everything of the request that changes it must be in here. What is nobody's in particular is kept under this very
   * name, for `cache.invalidate`, unless it begins with `a:` or `u:`.
   */
  readonly key: (request: FastifyRequest) => string;
  /**
   * Whose answer it is, for requests with credentials: the id of the user or tenant that was verified. Without it, and where it is undefined,
   * a request with `Authorization` or `Cookie` goes past the cache.
   */
  readonly vary?: (request: FastifyRequest) => string | undefined;
  /** The body; undefined answers 404. Authorization was decided before this runs, and is never what is cached. */
  readonly load: (request: FastifyRequest, context: { readonly signal: AbortSignal }) => Promise<unknown>;
  /** The body when there is neither answer nor stale one; without it 503. */
  readonly fallback?: (request: FastifyRequest) => unknown;
  /** For loads past the cache, in ms. Default: 5000. */
  readonly loadTimeoutMs?: number;
}

const RETRY_AFTER_SECONDS = '5';

/** A Fastify handler for GET and HEAD that answers from the cache. */
export function cachedRoute(cache: Cache, options: CachedRouteOptions) {
  return async function answerFromCache(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new TypeError(
        `${request.method} ${request.routeOptions.url ?? ''} cannot be cached: only GET and HEAD can`,
      );
    const credentials = request.headers.authorization !== undefined || request.headers.cookie !== undefined;
    const whose = options.vary?.(request);
    if (credentials) void reply.header('cache-control', whose === undefined ? 'private, no-store' : 'private');
    if (credentials && (whose === undefined || whose === '')) return pastTheCache(request, reply, options);
    const { fallback } = options;
    try {
      const cached = await cache.get(
        framed(options.key(request), whose),
        (context) => options.load(request, context),
        fallback === undefined ? {} : { fallback: () => fallback(request) },
      );
      return answer(reply, cached.value, cached);
    } catch (error) {
      if (!(error instanceof CacheUnavailable)) throw error;
      request.log.error({ err: error.message }, 'nothing to answer with');
      return reply
        .code(503)
        .header('retry-after', RETRY_AFTER_SECONDS)
        .send({ error: 'unavailable', message: 'This cannot be answered at present.' });
    }
  };
}

async function pastTheCache(
  request: FastifyRequest,
  reply: FastifyReply,
  options: CachedRouteOptions,
): Promise<FastifyReply> {
  const abort = new AbortController();
  try {
    const loading = options.load(request, { signal: abort.signal });
    const value = await within('the source of the answer', options.loadTimeoutMs ?? 5000, loading);
    return answer(reply, value, { headers: { age: '0', 'cache-status': statusOf('bypass', 0, 'credentials') } });
  } finally {
    abort.abort();
  }
}

function answer(reply: FastifyReply, value: unknown, { headers }: Pick<Cached<unknown>, 'headers'>): FastifyReply {
  void reply.headers(headers);
  if (value === undefined) return reply.code(404).send({ error: 'not_found', message: 'There is none.' });
  return reply.send(value);
}

/**
 * The answers of users and those of nobody never meet, whatever text of a request a key holds: users' keys begin with `u:` and a digest of
 * fixed length, and of all others the ones that begin alike are set apart by `a:`.
 */
function framed(key: string, whose: string | undefined): string {
  if (whose !== undefined) return `u:${digest(whose)}:${key}`;
  return /^[au]:/.test(key) ? `a:${key}` : key;
}

function digest(whose: string): string {
  return createHash('sha256').update(whose).digest('hex').slice(0, 32);
}
