import type { CacheResult } from './types.ts';

/** `Cache-Status` of RFC 9211, 2: how this answer came to be. `ttl` is negative for what is served stale. */
export function statusOf(result: CacheResult, ttlSeconds: number, detail?: string): string {
  const said = detail === undefined ? '' : `; detail=${detail}`;
  return `launchgate; ${PARAMETERS[result](ttlSeconds)}${said}`;
}

const PARAMETERS: Readonly<Record<CacheResult, (ttl: number) => string>> = {
  hit: (ttl) => `hit; ttl=${Math.max(0, ttl)}`,
  stale: (ttl) => `hit; ttl=${Math.min(-1, ttl)}; detail=stale`,
  miss: () => 'fwd=uri-miss',
  bypass: () => 'fwd=bypass',
  fallback: () => 'fwd=uri-miss; detail=fallback',
};
