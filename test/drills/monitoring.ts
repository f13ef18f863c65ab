/** Breaking the monitoring of a lab on purpose: its loaded rules and routes are changed, and put back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TOKEN } from '../../src/drills/lab/parts/observability/configure.ts';
import { load, loadedFiles, type LoadedFile } from '../../src/drills/lab/parts/observability/loaded.ts';
import { askTls } from '../../src/drills/lab/parts/observability/ready.ts';
import type { Lab } from '../../src/drills/lab/part.ts';

/** A rule or a routing tree as the file has it. */
type Json = Record<string, unknown>;

interface RuleFile {
  readonly groups: { readonly name: string; readonly rules: Json[] }[];
}

/** Runs the work while the rule of that name is another one. */
export async function withRule<T>(
  lab: Lab,
  name: string,
  change: (rule: Json) => Json,
  work: () => Promise<T>,
): Promise<T> {
  let met = false;
  const broken = loadedFiles(lab).map((file) => {
    if (!file.path.startsWith('rules/')) return file;
    const { groups } = JSON.parse(file.content) as RuleFile;
    const changed = groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => {
        if (rule['alert'] !== name) return rule;
        met = true;
        return change(rule);
      }),
    }));
    return { ...file, content: JSON.stringify({ groups: changed }) };
  });
  if (!met) throw new Error(`no rule ${name} is loaded`);
  return whileLoaded(lab, broken, work);
}

/** Runs the work while Alertmanager routes otherwise. */
export function withRouting<T>(lab: Lab, change: (file: Json) => Json, work: () => Promise<T>): Promise<T> {
  const broken = loadedFiles(lab).map((file) =>
    file.part === 'alertmanager'
      ? { ...file, content: JSON.stringify(change(JSON.parse(file.content) as Json)) }
      : file,
  );
  return whileLoaded(lab, broken, work);
}

/** What a receiver is asked to do, taken out: it tells nobody. */
export function withoutIntegrations(receiver: string): (file: Json) => Json {
  return (file) => ({
    ...file,
    receivers: (file['receivers'] as Json[]).map((one) => (one['name'] === receiver ? { name: receiver } : one)),
  });
}

/** The alert goes to this receiver, before any other route is asked. */
export function withFirstRoute(alertname: string, receiver: string): (file: Json) => Json {
  return (file) => {
    const route = file['route'] as Json;
    const first = { matchers: [`alertname = ${alertname}`], receiver, group_wait: '10s' };
    return { ...file, route: { ...route, routes: [first, ...(route['routes'] as Json[])] } };
  };
}

/** Nobody hears from Alertmanager that something is over. */
export function withoutResolves(file: Json): Json {
  const quiet = (hook: Json): Json => ({ ...hook, send_resolved: false });
  return {
    ...file,
    receivers: (file['receivers'] as Json[]).map((one) => ({
      ...one,
      webhook_configs: ((one['webhook_configs'] ?? []) as Json[]).map(quiet),
    })),
  };
}

/** Tells the pager that the alert is over as soon as it has paged; resolves once it did, or after `forMs`. */
export async function resolveAtOnce(lab: Lab, alertname: string, forMs: number): Promise<void> {
  const url = `http://127.0.0.1:${lab.port('pager', 'http')}/v1/pages`;
  const asked = `${url}?since=${new Date().toISOString()}&alertname=${alertname}&kind=page&status=firing`;
  for (const end = Date.now() + forMs; Date.now() < end; await sleep(100)) {
    const { pages } = (await (await fetch(asked)).json()) as { pages: { receiver: string; labels: object }[] };
    const [page] = pages;
    if (page === undefined) continue;
    const headers = { authorization: `Bearer ${lab.secret(TOKEN)}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ alerts: [{ status: 'resolved', labels: page.labels }] });
    await fetch(`${url}/${page.receiver}`, { method: 'POST', headers, body });
    return;
  }
}

async function whileLoaded<T>(lab: Lab, broken: readonly LoadedFile[], work: () => Promise<T>): Promise<T> {
  const before = loadedFiles(lab);
  await load(lab, broken, AbortSignal.timeout(60_000));
  try {
    return await work();
  } finally {
    await load(lab, before, AbortSignal.timeout(60_000));
  }
}

/** Silences an alert in Alertmanager; answers what ends the silence. */
export async function silence(lab: Lab, alertname: string): Promise<() => Promise<void>> {
  const port = lab.port('alertmanager', 'https');
  const now = Date.now();
  const body = JSON.stringify({
    matchers: [{ name: 'alertname', value: alertname, isRegex: false, isEqual: true }],
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + 3_600_000).toISOString(),
    createdBy: 'test',
    comment: 'somebody forgot it',
  });
  const { silenceID } = JSON.parse(await postTls(lab, port, '/api/v2/silences', body)) as { silenceID: string };
  return async () =>
    void (await askTls(port, `/api/v2/silence/${silenceID}`, lab.client, AbortSignal.timeout(10_000), 'DELETE'));
}

function postTls(lab: Lab, port: number, path: string, body: string): Promise<string> {
  return askTls(port, path, lab.client, AbortSignal.timeout(10_000), 'POST', body);
}
