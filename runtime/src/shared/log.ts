/** What the kit asks of a logger: pino's order of arguments. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** For those who pass none. */
export const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };
