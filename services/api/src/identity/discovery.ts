/** From an issuer's name to its keys, by OpenID Connect Discovery 1.0, every answer bounded and of one host. */
import { z } from 'zod';
import type { JSONWebKeySet } from 'jose';

const MAX_BYTES = 262_144;

const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(64) });

/** Fetches with the signal as deadline; the wiring gives one that knows the CA and the egress proxy. */
export type Fetch = (url: string, init: { signal: AbortSignal; redirect: 'error' }) => Promise<Answer>;
export interface Answer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** The `load` of a key set. The document is read each time: keys may move, and the issuer must still call itself so. */
export function discoverKeys(issuer: string, fetch: Fetch): (signal: AbortSignal) => Promise<JSONWebKeySet> {
  return async (signal) => {
    const found = metadata.parse(
      await readJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, fetch, signal),
    );
    if (found.issuer !== issuer)
      throw new Error(`the issuer calls itself ${found.issuer.slice(0, 200)}, expected ${issuer}`);
    const keysAt = new URL(found.jwks_uri);
    if (keysAt.origin !== new URL(issuer).origin)
      throw new Error(`jwks_uri is at ${keysAt.origin}, which is not the issuer's host`);
    return keySet.parse(await readJson(keysAt.href, fetch, signal)) as JSONWebKeySet;
  };
}

async function readJson(url: string, fetch: Fetch, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(url, { signal, redirect: 'error' });
  if (answer.status !== 200 || answer.body === null) throw new Error(`${url} answered ${answer.status}, expected 200`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error(`${url} answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
