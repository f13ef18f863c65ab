/** Reports of use: through the API and its outbox, NATS and the billing worker into the ledger. */
import { CannotTell } from '../../../model/drill/drill.ts';
import type { Deed, Deeds } from '../../../model/drill/deeds.ts';
import type { OpenLab } from '../../lab/open.ts';
import { asSuperuser, DATABASE } from '../../lab/parts/postgres.ts';
import type { Use } from '../../target.ts';
import { rentNode } from '../../terminals/rent.ts';
import { labEdge } from './edge.ts';
import { nodesOf } from './nodes.ts';
import { labPeople } from './people.ts';

const SERVICE = 'api';
const TIMEOUT_MS = 30_000;
/** The edge's id of the request goes with a report as far as the ledger. */
const ID_HEADER = 'x-request-id';
const BOOKED = `SELECT coalesce(u.request_id, u.id::text) AS id, count(*)::int AS times
FROM billing.ledger l JOIN billing.usage_events u ON u.id = l.usage_event_id
WHERE l.kind = 'usage' AND u.instance_id = $1 GROUP BY 1`;

export function labDeeds(open: OpenLab, use: Use): Deeds {
  const { lab } = open;
  return {
    async prepare(customers = 1): Promise<Deed> {
      const edge = labEdge(open, use);
      // All of one tenant, whose rental is any of theirs to report on.
      const tokens = await labPeople(open, use).crowd(customers);
      const host = edge.host(SERVICE);
      const instance = await rentAny((path, call) =>
        edge.ask(host, path, { ...call, token: tokens[0]!, timeoutMs: TIMEOUT_MS }),
      );
      const booked = () =>
        asSuperuser(lab, DATABASE, async (client) => {
          const { rows } = await client.query<{ id: string; times: number }>(BOOKED, [instance]);
          return rows;
        });
      const before = new Set((await booked()).map(({ id }) => id));
      return {
        what: 'reports of use',
        requests: tokens.map((token) => ({
          host,
          path: `/api/v1/instances/${instance}/usage`,
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: '{"seconds":1}',
        })),
        idHeader: ID_HEADER,
        arrived: async () =>
          new Map((await booked()).filter(({ id }) => !before.has(id)).map(({ id, times }) => [id, times])),
      };
    },
  };

  async function rentAny(ask: Parameters<typeof rentNode>[0]): Promise<string> {
    for (const node of nodesOf(lab).crowd) {
      const rental = await rentNode(ask, node);
      if (rental !== undefined) return rental;
    }
    throw new CannotTell('the lab has no node that a customer could rent, so nobody can use anything');
  }
}
