/**
 * Stands in for the platform's periodic certificate check, under the same rule: it fails when a certificate that is really served cannot be
 * verified, or has less than a third of its life left. `certificate-check ENDPOINTS.json`, with a list of `{ part, protocol, port, hours }`.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { required, say } from '../desk/environment.ts';
import { servedCertificate } from '../desk/certificates/served.ts';

const SERVICE = 'certificate-check';
const HOUR = 3_600_000;
const endpoints = z.array(
  z.object({
    part: z.string(),
    protocol: z.enum(['postgres', 'redis', 'nats', 'https']),
    port: z.int(),
    hours: z.number().positive(),
  }),
);

const files = { cert: required('TLS_CERT_FILE'), key: required('TLS_KEY_FILE'), ca: required('TLS_CA_FILE') };
const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key), ca: readFileSync(files.ca) };
const asked = endpoints.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
let failed = 0;
for (const { part, protocol, port, hours } of asked) {
  const because = await judge(protocol, port, hours);
  if (because === undefined) continue;
  failed += 1;
  say(SERVICE, 'error', because, { part });
}
say(SERVICE, failed === 0 ? 'info' : 'warn', `${failed} of ${asked.length} need to be looked at`, {
  checked: asked.length,
});
process.exitCode = failed === 0 ? 0 : 1;

async function judge(
  protocol: 'postgres' | 'redis' | 'nats' | 'https',
  port: number,
  hours: number,
): Promise<string | undefined> {
  try {
    const { validToDate } = await servedCertificate({ protocol, port, tls });
    const left = (validToDate.getTime() - Date.now()) / HOUR;
    if (left * 3 >= hours) return undefined;
    return `less than a third of its life left: ${left.toFixed(2)} of ${hours} hours, until ${validToDate.toISOString()}`;
  } catch (error) {
    return `handshake or verification failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
