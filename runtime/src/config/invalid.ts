/** The environment does not describe a service that could run. Names each variable and what was expected, never a value. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  /** EX_CONFIG of sysexits.h: a supervisor should not try the same configuration again. */
  readonly exitCode = 78;

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`configuration invalid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, options);
  }
}
