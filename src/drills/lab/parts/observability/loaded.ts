/** What Prometheus and Alertmanager of a lab have loaded, as files: read, put back, and made to run faster, whoever wrote them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Lab } from '../../part.ts';
import { timedRoute } from './alertmanager.ts';
import { knowsAlertmanager } from './configure.ts';
import { group } from './documents.ts';
import { askTls } from './ready.ts';
import { timed, type Timing } from './timing.ts';
import { text } from './write.ts';

/** A file below the folder of its part. */
export interface LoadedFile {
  readonly part: 'prometheus' | 'alertmanager';
  readonly path: string;
  readonly content: string;
}

const MAIN = { prometheus: 'prometheus.json', alertmanager: 'alertmanager.json' } as const;
const RULES = 'rules';

export function loadedFiles(lab: Lab): LoadedFile[] {
  const read = (part: LoadedFile['part'], path: string): LoadedFile => ({
    part,
    path,
    content: readFileSync(join(lab.folder(part), path), 'utf8'),
  });
  const rules = readdirSync(join(lab.folder('prometheus'), RULES)).filter((name) => name.endsWith('.json'));
  return [
    read('prometheus', MAIN.prometheus),
    ...rules.map((name) => read('prometheus', join(RULES, name))),
    read('alertmanager', MAIN.alertmanager),
  ];
}

/** Writes them and has both servers load them. */
export async function load(lab: Lab, files: readonly LoadedFile[], signal: AbortSignal): Promise<void> {
  for (const { part, path, content } of files) lab.write(part, path, content);
  for (const part of ['alertmanager', 'prometheus'])
    await askTls(lab.port(part, 'https'), '/-/reload', lab.client, signal, 'POST');
  await knowsAlertmanager((path) => askTls(lab.port('prometheus', 'https'), path, lab.client, signal), signal);
}

const ruleFile = z.object({ groups: z.array(group) });
const mainFile = z.looseObject({ global: z.looseObject({}) });
const routingFile = z.looseObject({ route: z.record(z.string(), z.unknown()) });

/** The same files at another speed. */
export function hurried(files: readonly LoadedFile[], timing: Timing): LoadedFile[] {
  return files.map((file) => ({ ...file, content: text(hurriedOne(file, timing)) }));
}

function hurriedOne({ part, path, content }: LoadedFile, timing: Timing): unknown {
  const parsed: unknown = JSON.parse(content);
  if (part === 'alertmanager') {
    const routing = routingFile.parse(parsed);
    return { ...routing, route: timedRoute(routing.route, timing) };
  }
  if (path !== MAIN.prometheus) return { groups: timed(ruleFile.parse(parsed).groups, timing) };
  const main = mainFile.parse(parsed);
  const every = `${timing.interval}s`;
  const paced = { scrape_interval: every, scrape_timeout: every, evaluation_interval: every };
  return { ...main, global: { ...main.global, ...paced } };
}
