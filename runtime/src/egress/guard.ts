/** One guard is one policy with pools of its own: a connection made under a policy never serves another. */
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Dispatcher } from 'undici';
import { egressAgents } from './agents.ts';
import { openSocket } from './connect.ts';
import { egressDispatchers } from './dispatcher.ts';
import { uniform, type Report } from './errors.ts';
import { guardedFetch, type GuardedFetch } from './fetch.ts';
import type { EgressPolicy } from './policy.ts';
import { dnsResolver, type Resolver } from './resolve.ts';
import { canonicalHost, makeTarget } from './target.ts';

export interface EgressGuardOptions {
  /** What was refused and why: for the log and a counter by reason. Callers see `EgressRefused` and no more. */
  readonly onRefused?: Report;
  /** Default `dnsResolver()`. */
  readonly resolve?: Resolver;
  /** Asked at each connection: client certificate, CA, `checkServerIdentity`. It cannot move the connection elsewhere. */
  readonly tls?: () => ConnectionOptions;
}

export interface EgressGuard {
  readonly fetch: GuardedFetch;
  /** For undici 8, and for the `fetch` of Node: `request(url, { dispatcher })`, `fetch(url, { dispatcher })`. Answers come unpacked, or not at all. */
  readonly dispatcher: Dispatcher;
  /** For `http.request({ agent })`, `https.request({ agent })` and `new WebSocket(url, { agent })`; without keep-alive. */
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  /** A TCP or TLS socket. Rejects with `EgressRefused`. What follows on it is the caller's to bound. */
  connect(target: { readonly host: string; readonly port: number; readonly tls?: boolean }): Promise<Socket>;
  /** Ends idle connections and waits for running requests, which have their time. */
  close(): Promise<void>;
}

export function createEgressGuard(policy: EgressPolicy, options: EgressGuardOptions = {}): EgressGuard {
  const report = options.onRefused ?? (() => undefined);
  const connecting = { policy, resolve: options.resolve ?? dnsResolver(), tls: options.tls };
  const { plain, packed } = egressDispatchers(connecting, report);
  const agents = egressAgents(connecting, report);
  return {
    fetch: guardedFetch(policy, packed, report),
    dispatcher: plain,
    httpAgent: agents.http,
    httpsAgent: agents.https,
    async connect({ host, port, tls = false }) {
      try {
        return await openSocket(connecting, makeTarget(policy, canonicalHost(host), port, tls));
      } catch (error) {
        throw uniform(error, report, { host: host.slice(0, 300), port });
      }
    },
    async close() {
      agents.http.destroy();
      agents.https.destroy();
      await plain.close();
    },
  };
}
