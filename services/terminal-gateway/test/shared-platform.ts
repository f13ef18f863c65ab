/** The platform that the tests of one file share: one Redis and one authority for all, gateways, agents and browsers of each test its own. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { startPlatform, type Platform } from './platform.ts';

/** Starts it before the tests of the file that calls, hands it over, and ends it after them. */
export function sharePlatform(handOver: (platform: Platform, redis: RedisServer) => void): void {
  let redis: RedisServer;
  let platform: Platform;
  beforeAll(async () => {
    redis = await startRedis();
    platform = await startPlatform(await makeAuthority(), redis.url);
    handOver(platform, redis);
  });
  afterEach(() => platform.clean());
  afterAll(async () => {
    platform.stop();
    await redis.stop();
  });
}
