import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepts, freePort, serverFolder, startProcess, untilReady, type ServerProcess } from './process.ts';
import type { CertificateFiles } from './certificates.ts';

export interface RedisServer extends ServerProcess {
  readonly port: number;
  readonly url: string;
}

/** A real redis-server without persistence; `acl` are the lines of its ACL file, `tls` makes it speak TLS only, with client certificates. */
export async function startRedis({
  acl,
  tls,
  config = [],
}: { acl?: readonly string[]; tls?: CertificateFiles; config?: readonly string[] } = {}): Promise<RedisServer> {
  const folder = serverFolder('redis');
  const port = await freePort();
  const lines = ['bind 127.0.0.1', 'save ""', 'appendonly no', 'acl-pubsub-default resetchannels', `dir ${folder}`];
  if (tls === undefined) lines.push(`port ${port}`);
  else
    lines.push(
      'port 0',
      `tls-port ${port}`,
      `tls-cert-file ${tls.cert}`,
      `tls-key-file ${tls.key}`,
      `tls-ca-cert-file ${tls.ca}`,
      'tls-auth-clients yes',
    );
  if (acl !== undefined) {
    writeFileSync(join(folder, 'users.acl'), `${acl.join('\n')}\n`);
    lines.push(`aclfile ${join(folder, 'users.acl')}`);
  }
  writeFileSync(join(folder, 'redis.conf'), `${[...lines, ...config].join('\n')}\n`);
  const server = startProcess(folder, 'redis-server', [join(folder, 'redis.conf')]);
  await untilReady(server, () => accepts(port));
  return { ...server, port, url: `redis${tls === undefined ? '' : 's'}://127.0.0.1:${port}` };
}
