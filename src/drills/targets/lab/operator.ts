/** Asks parts of the lab as their operator, by the lab's own certificate. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Lab } from '../../lab/part.ts';

const LONGEST_MS = 10_000;

/** The JSON that a part's own port answers. */
export function operatorGet({ client, port }: Lab, part: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: port(part, 'https'),
        servername: 'localhost',
        path,
        agent: false,
        ca: readFileSync(client.ca),
        cert: readFileSync(client.cert),
        key: readFileSync(client.key),
        signal: AbortSignal.timeout(LONGEST_MS),
      },
      (response) => {
        text(response)
          .then((body) => {
            if (response.statusCode !== 200) throw new Error(`${part} answers ${response.statusCode} ${body}`);
            return JSON.parse(body) as unknown;
          })
          .then(resolve, reject);
      },
    );
    outgoing.on('error', reject).end();
  });
}
