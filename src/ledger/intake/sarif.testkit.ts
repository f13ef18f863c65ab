/** SARIF logs of one run for the tests: rules of a scanner, and what it found. */
import { readSarif } from './sarif.ts';

export const COMMIT = 'a'.repeat(40);
export const RULES = [
  { id: 'R1', properties: { 'security-severity': '9.8' }, messageStrings: { default: { text: 'said by the rule' } } },
  { id: 'R2', defaultConfiguration: { level: 'error' } },
  { id: 'R3' },
];

export function log(
  results: unknown,
  run: Record<string, unknown> = {},
  driver: Record<string, unknown> = {},
): Uint8Array {
  const tool = { driver: { name: 'scanner', semanticVersion: '1.2.3', rules: RULES, ...driver } };
  return Buffer.from(JSON.stringify({ version: '2.1.0', runs: [{ tool, results, ...run }] }));
}

export const read = (bytes: Uint8Array) => readSarif(bytes, 'x.sarif');

/** What is read of a run with an invocation for each configuration of rule R3. */
export const configured = (results: unknown, ...overrides: Record<string, unknown>[]) =>
  read(
    log(results, {
      invocations: overrides.map((configuration) => ({
        executionSuccessful: true,
        ruleConfigurationOverrides: [{ configuration, descriptor: { id: 'R3' } }],
      })),
    }),
  );
