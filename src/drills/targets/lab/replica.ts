/** One request to one replica, past the edge, with the lab's own certificate. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Lab } from '../../lab/part.ts';

export interface ReplicaCall {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: object;
  readonly signal: AbortSignal;
}

const MOST_BYTES = 1_048_576;

export interface ReplicaPost {
  readonly path: string;
  /** Sent as it is. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Rejects where there is no answer. */
export function askReplica(lab: Lab, part: string, call: ReplicaCall): Promise<Answer> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
  };
  return send(lab, part, { ...call, method: call.method ?? 'GET', headers, body });
}

export function postReplica(lab: Lab, part: string, call: ReplicaPost): Promise<Answer> {
  return send(lab, part, { ...call, method: 'POST' });
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

function send(lab: Lab, part: string, { method, path, headers, body, signal }: Sent): Promise<Answer> {
  const { ca, cert, key } = lab.client;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: lab.port(part, 'https'),
        servername: 'localhost',
        path,
        method,
        agent: false,
        signal,
        ca: readFileSync(ca),
        cert: readFileSync(cert),
        key: readFileSync(key),
        headers: {
          'user-agent': 'launchgate-drill',
          ...headers,
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text = (text + chunk).slice(0, MOST_BYTES)));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
