/** What the directory is told of the clients: that a session is shown here, still is, and has ended. Redis may be away; a session never waits for it. */
import type { Opened } from '@launchgate/node-agent/protocol';
import type { Log } from '@launchgate/runtime/logging';
import type { ClientHost } from './client-host.ts';
import type { Client } from './client.ts';
import type { Directory } from './directory.ts';
import type { GatewayMetrics } from './metrics.ts';

export interface RecordsOptions {
  readonly directory: Directory;
  /** This gateway's name in it. */
  readonly pod: string;
  readonly clients: ReadonlySet<Client>;
  readonly metrics: GatewayMetrics;
  readonly log: Log;
  /** A client is shown its session. */
  joined(client: Client): void;
}

export interface Records extends Pick<ClientHost, 'opened' | 'fenced' | 'ended'> {
  /** Renews those of the sessions that are shown, where it is time. `now` of `performance.now()`. */
  renewWhenDue(now: number): void;
}

export function createRecords({ directory, pod, clients, metrics, log, joined }: RecordsOptions): Records {
  let renewedAt = performance.now();

  function opened(client: Client, { created, gap }: Opened): void {
    const { claims, fence } = client;
    const { ses: session, node, nodeAddr } = claims;
    metrics.opened('ok');
    joined(client);
    if (!created) metrics.resumed(gap !== undefined);
    directory.opened({ session, node, nodeAddr, pod, bearer: claims }, fence).catch((error: unknown) => {
      log.warn(
        { session, err: error },
        'the opening of a session could not be noted; it is noted with its next renewal',
      );
    });
  }

  async function fenced({ claims: { ses: session }, fence }: Client, seen: number): Promise<boolean> {
    try {
      const forgotten = await directory.raise(session, fence, seen);
      if (forgotten)
        log.warn({ session, fence, seen }, 'Redis had forgotten the fence of a session; it is raised again');
      return forgotten;
    } catch {
      return false;
    }
  }

  function ended({ claims: { ses, sub } }: Client): void {
    directory.remove(ses, sub).catch((error: unknown) => {
      log.warn({ session: ses, err: error }, 'the record of an ended session could not be removed; it expires');
    });
  }

  function renewWhenDue(now: number): void {
    if (now - renewedAt < directory.renewEvery) return;
    renewedAt = now;
    const shown = [...clients].filter(({ state }) => state === 'live').map(({ claims }) => claims);
    directory.renew(shown).catch((error: unknown) => {
      log.warn({ sessions: shown.length, err: error }, 'sessions could not be renewed; they may cease to count');
    });
  }

  return { opened, fenced, ended, renewWhenDue };
}
