import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startRedis, type RedisServer } from '../../test/servers/redis.ts';

/** A Redis for all tests of a file: empty for each, and awake again after one that has stopped it. */
export function shareRedis(take: (redis: Redis, server: RedisServer) => void): void {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis({ port: server.port, maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    take(redis, server);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(() => redis.flushall());
  afterEach(() => server.signal('SIGCONT'));
}
