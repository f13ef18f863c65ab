import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateFiles } from './certificates.ts';
import { accepts, freePort, serverFolder, startProcess, untilReady, type ServerProcess } from './process.ts';

export interface NatsServer extends ServerProcess {
  readonly port: number;
  readonly url: string;
}

/** A real nats-server with JetStream; `tls` asks for client certificates; `config` is appended to its configuration as it is. */
export async function startNats({
  tls,
  config = '',
}: { tls?: CertificateFiles; config?: string } = {}): Promise<NatsServer> {
  const folder = serverFolder('nats');
  const port = await freePort();
  const security =
    tls === undefined
      ? ''
      : `tls { cert_file: "${tls.cert}", key_file: "${tls.key}", ca_file: "${tls.ca}", verify: true }\n`;
  writeFileSync(
    join(folder, 'nats.conf'),
    `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${join(folder, 'data')}" }\n${security}${config}\n`,
  );
  const server = startProcess(folder, 'nats-server', ['-c', join(folder, 'nats.conf')]);
  await untilReady(server, () => accepts(port));
  return { ...server, port, url: `${tls === undefined ? 'nats' : 'tls'}://127.0.0.1:${port}` };
}
