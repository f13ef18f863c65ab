/** The shapes that environment variables come in, and how they are refused. */
import { z } from 'zod';

/** EX_CONFIG of sysexits.h: a supervisor should not try the same configuration again. */
export const EX_CONFIG = 78;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `45s`, `10m`, `8h` in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,7}(?:ms|s|m|h)$/, 'expected a duration such as 45s or 10m')
  .transform((text) => Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')] ?? 0));

/** A whole number in the range. */
export function integer(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,12}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Comma-separated. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** `host:port`, `[::1]:port`, or `:port` for every interface. */
export const address = z
  .string()
  .regex(/^(?:\[[0-9a-f:.]+\]|[^\s:[\]]*):\d{1,5}$/i, 'expected host:port or :port')
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    const host = text.slice(0, colon).replaceAll(/[[\]]/g, '');
    return { host: host === '' ? undefined : host, port: Number(text.slice(colon + 1)) };
  });

/** Names each variable that is wrong and what was expected, never its value. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
}

/** Parts may be switched off in a lab only. @throws ConfigInvalid */
export function readVariables<T>(schema: z.ZodType<T>, environment: NodeJS.ProcessEnv): T {
  const parsed = schema.safeParse(environment);
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
  if ((environment['PARTS_OFF'] ?? '').trim() !== '' && environment['DEPLOYMENT_ENVIRONMENT'] !== 'lab')
    problems.push('PARTS_OFF: parts are switched off with DEPLOYMENT_ENVIRONMENT=lab only');
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new ConfigInvalid(`configuration invalid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}
