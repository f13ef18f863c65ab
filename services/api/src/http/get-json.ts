/**
 * Calls to the few hosts that the configuration names (identity provider, payment provider): by the egress proxy where there is one, with a
 * deadline, a bound on the answer, and no redirects. What users name as a target goes through the egress guard instead.
 */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import type { Fetch } from '../identity/discovery.ts';

export interface OutboundOptions {
  readonly caFile?: string;
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: string | undefined;
  /** Milliseconds for the whole of one call. */
  readonly deadlineMs?: number;
  readonly maxBytes?: number;
}

export interface Outbound {
  readonly fetch: Fetch;
  readonly getJson: (url: string, headers: Record<string, string>) => Promise<unknown>;
  close(): Promise<void>;
}

export function createOutbound({
  caFile,
  httpsProxy,
  noProxy,
  deadlineMs = 10_000,
  maxBytes = 4_194_304,
}: OutboundOptions): Outbound {
  // Beside the public roots: our own CA signs the provider of a lab, and nobody else's names.
  const tls = caFile === undefined ? {} : { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] };
  const dispatcher: Dispatcher = new EnvHttpProxyAgent({
    httpsProxy: httpsProxy ?? '',
    httpProxy: '',
    noProxy: noProxy ?? '',
    connect: { ...tls, timeout: 3000 },
    requestTls: tls,
    bodyTimeout: deadlineMs,
    headersTimeout: deadlineMs,
  });
  return {
    async fetch(url, { signal }) {
      const { statusCode, body } = await request(url, { dispatcher, signal });
      return { status: statusCode, body };
    },
    async getJson(url, headers) {
      const { statusCode, body } = await request(url, { dispatcher, headers, signal: AbortSignal.timeout(deadlineMs) });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.byteLength;
        if (size > maxBytes) throw new Error(`${new URL(url).origin} answered more than ${maxBytes} bytes`);
        chunks.push(chunk);
      }
      if (statusCode !== 200) throw new Error(`${new URL(url).origin} answered ${statusCode}, expected 200`);
      return JSON.parse(Buffer.concat(chunks).toString('utf8'));
    },
    close: () => dispatcher.close(),
  };
}
