/** Who did what to what, when, under which request: kept once, changed never. */
export { createAudit } from './audit.ts';
export type { Audit, AuditOptions } from './audit.ts';
export { linesAudit } from './lines.ts';
export { AUDIT_DDL_DOWN, auditDdl, exportAudit, postgresAudit } from './postgres.ts';
export type { AuditRoles, ExportRange } from './postgres.ts';
export { auditRoute } from './route.ts';
export type { AuditRouteOptions } from './route.ts';
export type { AuditEvent, AuditInput, AuditSink, ChainHead, LooseEvent, PgPool, PgQueryable, Scalar } from './types.ts';
export { verifyChain } from './verify.ts';
export type { ChainExpectation, ChainVerdict } from './verify.ts';
