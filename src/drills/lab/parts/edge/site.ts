/** The console's page, copied to where nginx's user may read it, with the settings of this lab. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../part.ts';
import { packageRoot } from '../../run/programs.ts';
import { consoleSettings } from '../desk.ts';
import type { EdgeRoute } from './types.ts';

/** Name of the service in the spec whose page this is. */
export const CONSOLE = 'console';

/** Answers the folder with the page, or undefined while it was not built. */
export function writeSite(lab: Lab): string | undefined {
  const built = join(packageRoot(), 'dist/console');
  if (!existsSync(join(built, 'index.html'))) return undefined;
  for (const entry of readdirSync(built, { withFileTypes: true }))
    if (entry.isFile()) lab.write('edge', join('site', entry.name), readFileSync(join(built, entry.name)));
  lab.write('edge', 'site/config.json', `${JSON.stringify(consoleSettings(lab))}\n`);
  return join(lab.folder('edge'), 'site');
}

/** The settings are asked for by the page itself, on the console's host. */
export function settingsRoute(host: string, site: string): EdgeRoute {
  return {
    host,
    path: '/config.json',
    protocol: 'http',
    target: { file: join(site, 'config.json') },
    connections: 100,
    bodyBytes: 1024,
    readTimeout: 10,
  };
}
