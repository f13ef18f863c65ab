/** The calling side for libraries that copy their options once: an agent and a dispatcher that follow the certificate. */
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { Agent, Dispatcher } from 'undici';
import { contextOf, type WorkloadCertificate } from './certificate.ts';

/** For `https.request` and `ws`. After a change idle connections end, busy ones finish what they do, and none is used again. */
export function certificateAgent(certificate: WorkloadCertificate, options: AgentOptions = {}): HttpsAgent {
  class CertificateAgent extends HttpsAgent {
    override createConnection(asked: ConnectionOptions, created?: (error: Error | null, stream: Duplex) => void) {
      return super.createConnection({ ...asked, ...contextOf(certificate.current) }, created);
    }

    /** Part of the pool's key, so that no connection serves a bundle it was not made with. */
    override getName(asked?: ConnectionOptions): string {
      return `${certificate.current.generation}:${super.getName(asked)}`;
    }
  }
  const agent = new CertificateAgent({ keepAlive: true, maxCachedSessions: 0, ...options });
  certificate.subscribe(({ generation }) => {
    for (const [name, sockets] of Object.entries(agent.freeSockets))
      if (!name.startsWith(`${generation}:`)) for (const socket of sockets ?? []) socket.destroy();
  });
  return agent;
}

/** For undici 8. After a change new requests use new connections; the old pools close when their requests are done. */
export function certificateDispatcher(certificate: WorkloadCertificate, options: Agent.Options = {}): Dispatcher {
  return new CertificateDispatcher(certificate, options);
}

class CertificateDispatcher extends Dispatcher {
  readonly #make: () => Agent;
  readonly #unsubscribe: () => void;
  #agent: Agent;

  constructor(certificate: WorkloadCertificate, options: Agent.Options) {
    super();
    const connect = typeof options.connect === 'object' ? options.connect : {};
    this.#make = () =>
      new Agent({ ...options, connect: { maxCachedSessions: 0, ...connect, ...contextOf(certificate.current) } });
    this.#agent = this.#make();
    this.#unsubscribe = certificate.subscribe(() => {
      const old = this.#agent;
      this.#agent = this.#make();
      old.close().catch(() => undefined);
    });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#agent.dispatch(options, handler);
  }

  override close(): Promise<void>;
  override close(callback: () => void): void;
  override close(callback?: () => void): Promise<void> | void {
    this.#unsubscribe();
    const closed = this.#agent.close();
    if (callback === undefined) return closed;
    closed.finally(callback).catch(() => undefined);
  }

  override destroy(...args: unknown[]): Promise<void> & void {
    this.#unsubscribe();
    const callback = args.findLast((one) => typeof one === 'function') as (() => void) | undefined;
    const destroyed = this.#agent.destroy();
    if (callback !== undefined) destroyed.finally(callback).catch(() => undefined);
    return destroyed as Promise<void> & void;
  }
}
