/** Emergency revocation: what a service asks before it believes a token that is otherwise valid. */
export { createDenylist } from './denylist.ts';
export type { DecisionPolicy, Denylist, DenylistOptions, DenylistStatus } from './denylist.ts';
export type { SnapshotOptions } from './disk.ts';
export { requireNotRevoked } from './hook.ts';
export type { RequireNotRevokedOptions } from './hook.ts';
export type { BreakGlass } from './break-glass.ts';
export { postgresSource } from './postgres-source.ts';
export type { PgPool, PostgresSourceOptions } from './postgres-source.ts';
export { DENYLIST_DDL_DOWN, denylistDdl } from './postgres-ddl.ts';
export type { DenylistRoles } from './postgres-ddl.ts';
export { lift, listRevocations, revoke } from './postgres-store.ts';
export type { NewRevocation, PgQueryable, RevocationRow } from './postgres-store.ts';
export { announceOnNats, DENYLIST_SUBJECT, listenPush, natsPush } from './pushes.ts';
export type { NatsCore, PgListenClient } from './pushes.ts';
export { startRedisMirror } from './redis-mirror.ts';
export type { MirrorOptions, RedisMirrorClient } from './redis-mirror.ts';
export { redisSource } from './redis-source.ts';
export type { RedisFollowerClient, RedisSourceOptions } from './redis-source.ts';
export { EVERYBODY, KINDS } from './types.ts';
export type {
  Change,
  Clock,
  Decision,
  DenylistLog,
  DenylistMetrics,
  DenylistSource,
  Kind,
  Moment,
  Push,
  Revoked,
  TokenClaims,
} from './types.ts';
