/** The policy as environment variables say it. */
import { EgressConfigurationError } from './errors.ts';
import { egressPolicy, type EgressPolicy, type EgressPolicyInput } from './policy.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/**
 * Reads `<prefix>_ALLOWED_CIDRS` (required), `_ALLOWED_PORTS` (`443,9100,8000-8010`), `_CONNECT_TIMEOUT` and `_TIMEOUT`
 * (`500ms`, `3s`, `1m`), `_MAX_BYTES` and `_MAX_REDIRECTS`. Throws `EgressConfigurationError`, also for names that begin
 * with `<prefix>_ALLOWED_` and are none of these: a misspelt limit must not be no limit.
 */
export function egressPolicyFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  prefix = 'NODE_PROBE',
): EgressPolicy {
  const read = (name: string) => env[`${prefix}_${name}`];
  refuseUnknown(env, prefix);
  const cidrs = read('ALLOWED_CIDRS');
  if (cidrs === undefined || cidrs.trim() === '')
    throw new EgressConfigurationError(`${prefix}_ALLOWED_CIDRS is not set; name the blocks that may be reached`);
  const input: { -readonly [K in keyof EgressPolicyInput]: EgressPolicyInput[K] } = { allowedCidrs: list(cidrs) };
  const ports = read('ALLOWED_PORTS');
  if (ports !== undefined)
    input.allowedPorts = list(ports).flatMap((entry) => portRange(`${prefix}_ALLOWED_PORTS`, entry));
  const connect = read('CONNECT_TIMEOUT');
  if (connect !== undefined) input.connectTimeoutMs = duration(`${prefix}_CONNECT_TIMEOUT`, connect);
  const timeout = read('TIMEOUT');
  if (timeout !== undefined) input.timeoutMs = duration(`${prefix}_TIMEOUT`, timeout);
  const bytes = read('MAX_BYTES');
  if (bytes !== undefined) input.maxBytes = whole(`${prefix}_MAX_BYTES`, bytes);
  const redirects = read('MAX_REDIRECTS');
  if (redirects !== undefined) input.maxRedirects = whole(`${prefix}_MAX_REDIRECTS`, redirects);
  try {
    return egressPolicy(input);
  } catch (cause) {
    if (!(cause instanceof EgressConfigurationError)) throw cause;
    throw new EgressConfigurationError(`${prefix}_*: ${cause.message}`);
  }
}

function refuseUnknown(env: Readonly<Record<string, string | undefined>>, prefix: string): void {
  const known = new Set([`${prefix}_ALLOWED_CIDRS`, `${prefix}_ALLOWED_PORTS`]);
  const unknown = Object.keys(env).filter((name) => name.startsWith(`${prefix}_ALLOWED_`) && !known.has(name));
  if (unknown.length > 0)
    throw new EgressConfigurationError(`${unknown.join(', ')} is not known; known are ${[...known].join(' and ')}`);
}

function list(text: string): string[] {
  return text.split(',').map((entry) => entry.trim());
}

function portRange(name: string, entry: string): number[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(entry);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first < 1 || last > 65_535 || last < first)
    throw new EgressConfigurationError(`${name}: ${JSON.stringify(entry)} is no port and no range such as 8000-8010`);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function duration(name: string, text: string): number {
  const match = /^(\d{1,7})(ms|s|m)$/.exec(text.trim());
  if (match === null)
    throw new EgressConfigurationError(`${name} is ${JSON.stringify(text)}; write it as 500ms, 3s or 1m`);
  return Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN);
}

function whole(name: string, text: string): number {
  if (/^\d{1,12}$/.test(text.trim())) return Number(text);
  throw new EgressConfigurationError(`${name} is ${JSON.stringify(text)}; a whole number is needed`);
}
