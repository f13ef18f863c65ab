/** Sessions that are ended from outside: by an operator, or because whoever opened them is revoked. */
import type { Log } from '@launchgate/runtime/logging';
import type { Agents } from './agents.ts';
import type { Client } from './client.ts';
import type { Directory } from './directory.ts';
import type { Standing } from './gateway-options.ts';
import { CLOSE } from './protocol.ts';
import type { SessionRecord } from './session-record.ts';
import type { Bearer } from './tickets.ts';

export interface EndingOptions {
  readonly clients: ReadonlySet<Client>;
  readonly directory: Directory;
  readonly agents: Agents;
  /** This gateway's name in the directory. */
  readonly pod: string;
  standing(bearer: Bearer, session: string): Standing;
  readonly log: Log;
}

export interface Ending {
  /** Closes what is shown here to whoever is revoked, and ends it. */
  recheck(): void;
  /** Ends a session on any pod's screen, by its name. */
  kill(session: string, reason: string): Promise<boolean | undefined>;
  /** Ends what the record names; false when its node does not know it. Rejects when its node does not answer, or may not be asked from here. */
  end(record: SessionRecord, reason: string): Promise<boolean>;
}

export function createEnding({ clients, directory, agents, pod, standing, log }: EndingOptions): Ending {
  function recheck(): void {
    for (const client of clients) {
      const { claims, state } = client;
      if (state === 'closing' || standing(claims, claims.ses) !== 'revoked') continue;
      log.warn({ session: claims.ses, user: claims.sub }, 'a session is ended: it, its user or token was revoked');
      client.kill('revoked');
      client.close(CLOSE.policy, 'revoked', 'revoked');
    }
  }

  async function kill(session: string, reason: string): Promise<boolean | undefined> {
    const record = shownHere(session) ?? (await directory.find(session));
    return record === undefined ? undefined : await end(record, reason);
  }

  /** Known without Redis, which may be away, or may have forgotten it. */
  function shownHere(session: string): SessionRecord | undefined {
    const shown = [...clients].find(({ claims, state }) => claims.ses === session && state === 'live');
    if (shown === undefined) return undefined;
    const { node, nodeAddr } = shown.claims;
    return { session, node, nodeAddr, pod, bearer: shown.claims };
  }

  async function end({ session, node, nodeAddr, bearer }: SessionRecord, reason: string): Promise<boolean> {
    const link = agents.link(nodeAddr);
    // Another gateway may reach it: of its shell nothing is known here, and its record stays.
    if (link === undefined) throw new Error(`node ${node} is outside of NODE_AGENT_CIDRS and NODE_AGENT_PORTS`);
    const found = await link.kill(session, reason);
    if (!found) await directory.remove(session, bearer.sub);
    return found;
  }

  return { recheck, kill, end };
}
