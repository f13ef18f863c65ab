/**
 * Secrets from files and variables, and what uses them, without a restart: a new value is probed first, then used, and what was
 * made with the old one is retired. Values are wrapped so that logs cannot show them.
 */
export { signingKeys, type Signer, type SigningAlgorithm, type SigningKeys, type SigningKeysOptions } from './jwks.ts';
export { rotatingNats, type NatsLike, type NatsRotation, type RotatingNats } from './nats.ts';
export {
  loginOf,
  rotatingPool,
  type PooledConnection,
  type PoolLike,
  type PoolRotation,
  type RotatingPool,
} from './postgres.ts';
export { rotatingRedis, type RedisLike, type RedisRotation, type RotatingRedis } from './redis.ts';
export { towardsPrimary } from './redis-primary.ts';
export type { RotationOptions } from './rotation.ts';
export { Secret, SecretError } from './secret.ts';
export { openSecret, type SecretOptions, type SecretSource } from './source.ts';
