/** The pager over HTTP: Alertmanager posts to it, people and drills list and acknowledge. Everything is also a line of `pages.jsonl`. */
import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z, ZodError } from 'zod';
import { demandToken, HttpError, router, serve, type Asked, type Handler, type Served } from '../http.ts';
import { Pager } from './pager.ts';
import type { ListedPage, PageRecord, PagerSettings } from './types.ts';

export interface PagerServerOptions extends PagerSettings {
  readonly address: string;
  readonly token: string;
  /** Where `pages.jsonl` is kept. */
  readonly folder: string;
}

/** Then the file is put aside, and the one before it is forgotten. */
const LARGEST_FILE = 64 * 1024 * 1024;
const TICK = 250;

const acknowledgement = z.object({ by: z.string().min(1).max(200) });
const faster = z.number().positive().max(100_000);
const pace = z.object({ escalation: faster, deadMan: faster });

export async function startPager(options: PagerServerOptions): Promise<Served> {
  const pager = new Pager({ ...options, record: recorder(join(options.folder, 'pages.jsonl')) });
  const timer = setInterval(() => pager.tick(), TICK);
  const served = await serve(options.address, pagerHandler(pager, options.token));
  return {
    ...served,
    async close() {
      clearInterval(timer);
      await served.close();
    },
  };
}

function pagerHandler(pager: Pager, token: string): Handler {
  const take = (kind: 'page' | 'message') => async (asked: Asked) => {
    demandToken(asked, token);
    const { params, query } = asked;
    const body = await asked.json();
    return {
      taken: refusing(() => pager.take(kind, params['receiver'] ?? '', query.get('integration') ?? '', body)).length,
    };
  };
  return router([
    { method: 'POST', path: '/v1/pages/:receiver', answer: take('page') },
    { method: 'POST', path: '/v1/messages/:receiver', answer: take('message') },
    {
      method: 'POST',
      path: '/v1/beats/:name',
      answer: (asked) => {
        demandToken(asked, token);
        pager.beat(asked.params['name'] ?? '');
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/v1/pages/:id/acknowledge',
      answer: async (asked) => {
        demandToken(asked, token);
        const body = await asked.json();
        const { by } = refusing(() => acknowledgement.parse(body));
        if (!pager.acknowledge(asked.params['id'] ?? '', by)) throw new HttpError(404, 'no such page');
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/v1/pace',
      answer: async (asked) => {
        demandToken(asked, token);
        const body = await asked.json();
        pager.pace(refusing(() => pace.parse(body)));
        return undefined;
      },
    },
    { method: 'GET', path: '/v1/settings', answer: () => pager.settings() },
    { method: 'GET', path: '/v1/pages', answer: ({ query }) => ({ pages: pager.list(wanted(query)) }) },
    { method: 'GET', path: '/v1/beats', answer: () => ({ beats: pager.beats() }) },
    { method: 'GET', path: '/healthz', answer: () => ({ status: 'ok' }) },
    { method: 'GET', path: '/metrics', answer: () => metrics(pager) },
  ]);
}

/** `?since=TIME`, `?alertname=`, `?kind=`, `?status=`, `?open` for what nobody acknowledged. */
function wanted(query: URLSearchParams): (page: ListedPage) => boolean {
  const since = query.get('since');
  const from = since === null ? 0 : Date.parse(since);
  if (Number.isNaN(from)) throw new HttpError(400, 'since is not a time');
  const same = (key: 'alertname' | 'kind' | 'status', page: ListedPage): boolean =>
    query.get(key) === null || query.get(key) === page[key];
  return (page) =>
    Date.parse(page.at) >= from &&
    same('alertname', page) &&
    same('kind', page) &&
    same('status', page) &&
    (!query.has('open') || page.acknowledged === undefined);
}

function refusing<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ZodError) throw new HttpError(400, z.prettifyError(error));
    throw error;
  }
}

function recorder(path: string): (page: PageRecord) => void {
  return (page) => {
    if (existsSync(path) && statSync(path).size > LARGEST_FILE) renameSync(path, `${path}.1`);
    appendFileSync(path, `${JSON.stringify(page)}\n`, { mode: 0o600 });
  };
}

function metrics(pager: Pager): string {
  const counts = Map.groupBy(pager.list(), ({ kind }) => kind);
  const lines = [...counts].map(([kind, pages]) => `pager_records{kind="${kind}"} ${pages.length}`);
  return `# TYPE pager_records gauge\n${lines.join('\n')}\n`;
}
