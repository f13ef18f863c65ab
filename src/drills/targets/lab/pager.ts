/** The lab's pager as drills ask it. */
import { z } from 'zod';
import type { Page, Pager } from '../../../model/drill/pager.ts';
import type { Lab } from '../../lab/part.ts';
import { address, TOKEN } from '../../lab/parts/observability/configure.ts';
import type { Use } from '../../target.ts';

const listed = z.object({
  pages: z.array(
    z.looseObject({
      id: z.string(),
      at: z.string(),
      kind: z.enum(['page', 'message', 'escalation', 'dead-man']),
      receiver: z.string(),
      status: z.enum(['firing', 'resolved']),
      alertname: z.string(),
      labels: z.record(z.string(), z.string()),
      level: z.number(),
    }),
  ),
});
const beats = z.object({ beats: z.array(z.object({ name: z.string(), at: z.string() })) });
const settings = z.object({ escalation: z.record(z.string(), z.array(z.number())), deadManAfter: z.number() });

export function labPager({ lab }: { readonly lab: Lab }, use: Use): Pager {
  const pager = pagerClient(lab, use.signal);
  return {
    now: () => Date.now(),
    since: (at) => pager.since(at),
    acknowledge: (id, by) => pager.acknowledge(id, by),
    async beats() {
      const answer = beats.parse(await pager.ask('/v1/beats'));
      return answer.beats.map(({ name, at }) => ({ name, at: Date.parse(at) }));
    },
    async settings() {
      const { escalation, deadManAfter } = settings.parse(await pager.ask('/v1/settings'));
      return { escalation, deadManSeconds: deadManAfter };
    },
    async hurry(faster) {
      await use.undo.before({ kind: 'pager-pace', data: { directory: lab.directory } });
      await pager.pace(faster);
    },
  };
}

export interface PagerClient {
  ask(path: string): Promise<unknown>;
  since(at: number): Promise<Page[]>;
  acknowledge(id: string, by: string): Promise<void>;
  pace(faster: Parameters<Pager['hurry']>[0]): Promise<void>;
}

export function pagerClient(lab: Lab, signal: AbortSignal): PagerClient {
  const url = `http://${address(lab, 'pager', 'http')}`;
  const post = async (path: string, body: object): Promise<void> => {
    const headers = { authorization: `Bearer ${lab.secret(TOKEN)}`, 'content-type': 'application/json' };
    await answered(path, await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal }));
  };
  const ask = async (path: string): Promise<unknown> =>
    JSON.parse(await answered(path, await fetch(`${url}${path}`, { signal })));
  return {
    ask,
    async since(at) {
      const { pages } = listed.parse(await ask(`/v1/pages?since=${new Date(at).toISOString()}`));
      return pages.map(({ id, at: arrived, kind, receiver, status, alertname, labels, level }) => ({
        id,
        kind,
        at: Date.parse(arrived),
        receiver,
        status,
        alert: alertname,
        labels,
        level,
      }));
    },
    acknowledge: (id, by) => post(`/v1/pages/${id}/acknowledge`, { by }),
    pace: (faster) => post('/v1/pace', faster),
  };
}

async function answered(path: string, response: Response): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`the pager answers ${path} with ${response.status}: ${text.slice(0, 200)}`);
  return text;
}
