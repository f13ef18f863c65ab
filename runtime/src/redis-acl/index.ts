/** Channel segregation in Redis: the users' file from a policy, and a live server held against it. */
export {
  parseRedisAclPolicy,
  RedisAclError,
  REQUIRED_SETTINGS,
  type KeyGrant,
  type RedisAclPolicy,
  type RedisUser,
} from './policy.ts';
export { renderAclFile } from './render.ts';
export { verifyAcl, type AclDifference, type AclReport, type RedisCaller } from './verify.ts';
