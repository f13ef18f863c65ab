export { type StoreContext } from './context.ts';
export { openNats } from './nats.ts';
export { directClient, openPool } from './postgres.ts';
export { openRedis, type RedisNeeds } from './redis.ts';
