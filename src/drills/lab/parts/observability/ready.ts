import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { TlsFiles } from '../../part.ts';

/** Asks a server on loopback over verified TLS; throws unless it answers 2xx. */
export function askTls(
  port: number,
  path: string,
  { ca, cert, key }: Pick<TlsFiles, 'ca' | 'cert' | 'key'>,
  signal: AbortSignal,
  method: 'GET' | 'POST' | 'DELETE' = 'GET',
  json?: string,
): Promise<string> {
  const tls = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key), servername: 'localhost' };
  return new Promise((resolve, reject) => {
    const headers = json === undefined ? {} : { 'content-type': 'application/json' };
    request({ host: '127.0.0.1', port, path, method, headers, signal, agent: false, ...tls }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(text);
        else reject(new Error(`${path} answers ${status}: ${text.slice(0, 500)}`));
      });
    })
      .on('error', reject)
      .end(json);
  });
}
