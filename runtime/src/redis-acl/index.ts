/**
 * Who publishes and who listens on a Redis: an ACL file from a small policy, and a live server held against the same policy, cell
 * by cell of user, command and channel.
 */
export {
  parseRedisAclPolicy,
  passwordDigest,
  RedisAclError,
  type RedisAclPolicy,
  type RedisKeys,
  type RedisUser,
} from './policy.ts';
export { renderAclFile, REQUIRED_SETTINGS } from './render.ts';
export { verifyAcl, type AclDifference, type AclReport, type RedisCaller, type VerifyOptions } from './verify.ts';
