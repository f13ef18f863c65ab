export { accountOf, ownersOf, tokenMounted, usesApi, whyNoAccount } from './accounts.ts';
export { certificatesOf, type Certificate } from './certificates.ts';
export { cloudIdentities, holdersOf } from './cloud.ts';
export { operatedIdentities, type OperatedIdentity } from './operated.ts';
export { lastingTokens, projectedTokens, type ProjectedToken } from './tokens.ts';
