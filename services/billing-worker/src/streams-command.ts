/** `billing-worker streams apply [--replicas N]`: makes the server have the streams and the consumer. Run by whoever may, before the workers. */
import { parseArgs } from 'node:util';
import { ConfigInvalid, readConfig } from '@launchgate/runtime/config';
import { natsVariables, serviceVariables } from '@launchgate/service-common/config';
import { openNats } from '@launchgate/service-common/stores';
import { openCertificate } from '@launchgate/runtime/mtls';
import { openSecret } from '@launchgate/runtime/secrets';
import { applyStreams } from './streams.ts';

const variables = serviceVariables
  .pick({ TLS_CERT_FILE: true, TLS_KEY_FILE: true, TLS_CA_FILE: true })
  .extend(natsVariables.shape);

/** Prints a line for each. Throws `ConfigInvalid` for arguments that are not these. */
export async function streamsCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const replicas = replicasOf(args);
  const config = readConfig(variables, env);
  const certificate = await openCertificate({
    certFile: config.TLS_CERT_FILE,
    keyFile: config.TLS_KEY_FILE,
    caFile: config.TLS_CA_FILE,
  });
  const secret = await openSecret('NATS_NKEY_SEED', { env });
  const nats = await openNats(config, {
    service: 'billing-worker streams',
    certificate,
    secret,
    onAlarm: () => undefined,
  });
  try {
    for (const line of await applyStreams(nats.connection, replicas)) process.stdout.write(`${line}\n`);
  } finally {
    await nats.close();
    secret.close();
    certificate.close();
  }
}

function replicasOf(args: readonly string[]): number {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { replicas: { type: 'string', default: '1' } },
    });
    if (positionals.join(' ') === 'apply' && /^[1-5]$/.test(values.replicas)) return Number(values.replicas);
  } catch {
    // Said below, as any other argument that is not one.
  }
  throw new ConfigInvalid(['usage: billing-worker streams apply [--replicas 1..5]']);
}
