/** One HTTP request to a store's API. The path goes out as it is written: keys of objects may hold what a URL parser would tidy up. */
import { request as plain, type IncomingMessage } from 'node:http';
import { request as secure } from 'node:https';
import type { Readable } from 'node:stream';

export interface HttpPlace {
  /** Scheme, host and port. */
  readonly url: URL;
  /** PEM; undefined: the authorities of the system. */
  readonly ca?: string | undefined;
}

export interface HttpCall {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** With its query, encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** Has to be read or drained. */
  readonly body: IncomingMessage;
  /** The whole body; rejects where it is longer than documents of an API are. */
  text(): Promise<string>;
}

const MOST_BYTES = 16 * 1024 * 1024;

/** Redirects are not followed: whoever is asked is who was meant. Rejects where no answer begins. */
export function call({ url, ca }: HttpPlace, { method, path, headers, body, signal }: HttpCall): Promise<HttpAnswer> {
  const request = url.protocol === 'https:' ? secure : plain;
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: url.hostname, port: url.port, path, method, headers, signal, ...(ca === undefined ? {} : { ca }) },
      (response) => resolve(answerOf(response)),
    );
    sent.on('error', reject);
    if (body === undefined || typeof body === 'string') sent.end(body);
    else {
      body.on('error', (error) => sent.destroy(error));
      body.pipe(sent);
    }
  });
}

function answerOf(response: IncomingMessage): HttpAnswer {
  return {
    status: response.statusCode ?? 0,
    header(name) {
      const value = response.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: response,
    async text() {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) throw new RangeError(`an answer has more than ${MOST_BYTES} bytes`);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}
