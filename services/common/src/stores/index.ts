export { type StoreContext } from './context.ts';
export { openNats, type Bus } from './nats.ts';
export { directClient, directOptions, openPool, poolNumbers, type Database } from './postgres.ts';
export { openRedis, type RedisNeeds } from './redis.ts';
