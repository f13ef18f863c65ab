/** A reporter of vitest's for `tools/test.ts`: writes down the errors that no test awaited, which the JSON report does not have. */
import { appendFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';

export default class Unhandled implements Reporter {
  onTestRunEnd(_modules: unknown, errors: readonly { readonly message: string; readonly stack?: string }[]): void {
    const record = process.env['LAUNCHGATE_TEST_UNHANDLED'];
    if (record === undefined) return;
    for (const { message, stack } of errors) appendFileSync(record, `${stack ?? message}\n`);
  }
}
