/** One HTTPS request on a connection of its own: what a drill's questions to a target are made with. */
import { request } from 'node:https';
import { authorityOf, type EdgeAnswer, type EdgeCall } from '../../model/drill/edge.ts';

/** Where a request goes, whatever the name resolves to. */
export interface AskPlace {
  readonly address: string;
  readonly port: number;
  /** Server name and Host header. */
  readonly host: string;
  /** PEM; undefined: the authorities of the system. */
  readonly ca?: string;
}

const DEFAULT_MS = 10_000;
/** An answer that is longer is cut off with an error: a drill reads statuses, headers and small documents. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Redirects are not followed. Rejects where no whole answer comes. */
export function askOver(place: AskPlace, path: string, call: EdgeCall, signal: AbortSignal): Promise<EdgeAnswer> {
  const { body, type } = encode(call.body);
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: place.address,
        port: place.port,
        servername: place.host,
        path,
        method: call.method ?? 'GET',
        agent: false,
        headers: {
          host: authorityOf(place.host, place.port),
          'user-agent': 'launchgate-drill',
          ...(type === undefined ? {} : { 'content-type': type }),
          ...(body === undefined ? {} : { 'content-length': body.byteLength }),
          ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
          ...call.headers,
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(call.timeoutMs ?? DEFAULT_MS)]),
        ...(place.ca === undefined ? {} : { ca: place.ca }),
        ...(call.from === undefined ? {} : { localAddress: call.from }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > MOST_BYTES) sent.destroy(new Error(`the answer has more than ${MOST_BYTES} bytes`));
        });
        response.on('error', reject);
        response.on('end', () => {
          sent.destroy();
          resolve({
            status: response.statusCode ?? 0,
            headers: flat(response.headers),
            text: Buffer.concat(chunks).toString('utf8'),
            ms: performance.now() - began,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function encode(body: EdgeCall['body']): { readonly body?: Uint8Array; readonly type?: string } {
  if (body === undefined) return {};
  if (typeof body === 'string') return { body: Buffer.from(body) };
  if (body instanceof Uint8Array) return { body };
  return { body: Buffer.from(JSON.stringify(body)), type: 'application/json' };
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
