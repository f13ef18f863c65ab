/** The cache of read models; without one, or switched off, every look-up is a load. */
import { createCache } from '@launchgate/runtime/cache';
import type { Logger } from '@launchgate/runtime/logging';
import type { Redis } from 'ioredis';
import type { ReadCache } from '../billing/read.ts';
import type { ServeConfig } from '../config/serve.ts';
import type { ApiMetrics } from './metrics.ts';

export interface ClosableCache extends ReadCache {
  settled(): Promise<void>;
}

export function readCache(
  redis: Redis | undefined,
  config: ServeConfig,
  metrics: ApiMetrics,
  log: Logger,
): ClosableCache {
  if (redis === undefined || config.PARTS_OFF.has('cache')) return uncached;
  return createCache({
    redis,
    freshMs: config.CACHE_TTL,
    staleMs: config.CACHE_STALE_LIMIT,
    count: (result) => metrics.cache.inc({ result }),
    log,
  });
}

const uncached: ClosableCache = {
  async get(_key, load) {
    return { value: await load(), headers: { age: '0', 'cache-status': 'gpucloud; fwd=bypass' } };
  },
  settled: async () => undefined,
};
