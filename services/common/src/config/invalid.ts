import type { ZodError } from 'zod';

/** EX_CONFIG of sysexits.h: a supervisor should not try the same configuration again. */
export const EX_CONFIG = 78;

/** The environment does not describe a service that could run. Names each variable and what was expected, never a value. */
export class ConfigInvalid extends Error {
  constructor(problems: readonly string[]) {
    super(`configuration invalid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigInvalid';
  }

  static from(error: ZodError): ConfigInvalid {
    return new ConfigInvalid(error.issues.map(({ path, message }) => `${path.join('.') || 'environment'}: ${message}`));
  }
}
