/** Structured, redacted log lines. */
export { createLogger, flushLogger, type Level, type Logger, type LoggerOptions } from './logger.ts';
export type { Destination } from './destination.ts';
export { createRedactor, type RedactionOptions, type Redactor } from './redact/index.ts';
export type { Plain } from './redact/plain.ts';
export { accessLog, loggerOptions, type AccessLogOptions } from './fastify.ts';
export { beforeRoutes } from '../shared/settled.ts';
export { SILENT, type Log } from '../shared/log.ts';
export { checkLine, logLineSchema } from './schema.ts';
