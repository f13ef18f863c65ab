/** Stale answers within stated limits when their source is slow or away, shared by all pods. Never for authorization. */
export { createCache } from './cache.ts';
export { cachedRoute } from './route.ts';
export type { CachedRouteOptions } from './route.ts';
export { CacheUnavailable } from './types.ts';
export type { Cache, Cached, CacheLog, CacheOptions, CacheRedis, CacheResult, Load } from './types.ts';
