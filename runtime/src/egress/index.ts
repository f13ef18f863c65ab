/**
 * The SSRF guard: requests to targets that users name, kept to the networks an operator allows.
 *
 * A URL is parsed once; a name is resolved once, all its addresses must be allowed, and the connection goes to one of them;
 * everything not allowed is refused, and some of it cannot be allowed. Callers see one error for all of this.
 */
export { egressPolicyFromEnvironment } from './environment.ts';
export { EgressConfigurationError, EgressRefused, type EgressRefusal } from './errors.ts';
export type { GuardedFetch, GuardedInit } from './fetch.ts';
export { createEgressGuard, type EgressGuard, type EgressGuardOptions } from './guard.ts';
export type { AddressVerdict } from './classify.ts';
export { egressPolicy, judgeAddress, type EgressPolicy, type EgressPolicyInput } from './policy.ts';
export { dnsResolver, type Resolver } from './resolve.ts';
export type { SpecialReason } from './special.ts';
