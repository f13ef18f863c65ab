/**
 * A rental is pending until the agent of its node answers, and is billed and reached by terminals from then on. It is asked at once, so that
 * whoever rents a node that is there need not wait, and again in every round for as long as it takes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { one, type Database } from '../stores/database.ts';
import { INSTANCE_COLUMNS, type InstanceRow } from './instances.ts';
import { agentUrl } from './node-rows.ts';
import type { Probe } from './probe.ts';

export const PROVISIONING_SQL = {
  pending: `SELECT i.id, i.region, host(n.address) AS address, n.agent_port FROM instances i JOIN nodes n ON n.id = i.node_id
WHERE i.status = 'pending' ORDER BY i.created_at DESC`,
  ready: `UPDATE instances SET status = 'running', ready_at = now() WHERE id = $1 AND status = 'pending' RETURNING ${INSTANCE_COLUMNS}`,
  oldest: `SELECT region, extract(epoch FROM now() - min(created_at))::float8 AS age FROM instances WHERE status = 'pending' GROUP BY region`,
} as const;

export interface Pending {
  readonly id: string;
  readonly region: string;
  readonly address: string;
  readonly agent_port: number;
}

export interface Provisioning {
  /** The rental as it is once its agent has answered; undefined where it has not, within `withinMs`. */
  begin(rental: Pending, withinMs: number): Promise<InstanceRow | undefined>;
  /** Asks the agents of all rentals that are pending, the newest first: nodes that are dead for long hold nobody up. */
  round(): Promise<void>;
  /** Ends a round, though agents that hang have not answered. */
  stop(): void;
}

/** Agents that a round asks at a time. */
const AT_ONCE = 100;

export interface ProvisioningOptions {
  readonly db: Database;
  readonly probe: Probe;
  /** Told once for each rental. */
  readonly onReady: (region: string) => void;
}

export function createProvisioning({ db, probe, onReady }: ProvisioningOptions): Provisioning {
  const stopped = Promise.withResolvers<void>();
  let isStopped = false;
  async function settle(rental: Pending): Promise<InstanceRow | undefined> {
    const { outcome } = await probe(agentUrl(rental));
    if (outcome !== 'reachable') return undefined;
    const row = await one<InstanceRow>(db, PROVISIONING_SQL.ready, [rental.id]);
    if (row !== undefined) onReady(rental.region);
    return row;
  }
  return {
    begin: (rental, withinMs) =>
      // What takes longer, or fails, the next round will see to.
      Promise.race([settle(rental).catch(() => undefined), sleep(withinMs, undefined, { ref: false })]),
    async round() {
      const { rows } = await db.query<Pending>(PROVISIONING_SQL.pending);
      const waiting = rows.values();
      const lane = async (): Promise<void> => {
        for (const rental of waiting) {
          if (isStopped) return;
          await settle(rental);
        }
      };
      const lanes = Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
      const ended = (await Promise.race([lanes, stopped.promise])) ?? [];
      const failed = ended.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },
    stop() {
      isStopped = true;
      stopped.resolve();
    },
  };
}
