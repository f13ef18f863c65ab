/** Where programs are: those of Debian, which keeps some out of PATH, and those that come with Launchgate. */
import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { LaunchgateError } from '../../../model/errors.ts';
import type { Command } from '../part.ts';

const POSTGRES = '/usr/lib/postgresql';

/**
 * The absolute path of a program; `undefined` when it is not installed. Links are not followed: programs that are several tell by the name
 * that they were called by which one they are to be.
 */
export function findProgram(file: string): string | undefined {
  const folders = [...postgresFolders(), ...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const found = file.startsWith('/') ? file : folders.map((folder) => join(folder, file)).find(isExecutable);
  return found !== undefined && isExecutable(found) ? found : undefined;
}

/** As {@link findProgram}, for what must be there. */
export function needProgram(file: string): string {
  const found = findProgram(file);
  if (found !== undefined) return found;
  throw new LaunchgateError('not-found', `${file} is not installed`, {
    next: 'Run tools/setup, or install it yourself.',
  });
}

/** Where a program is in the package: bundled, and as source. */
const PROGRAMS = {
  lab: { bundle: 'dist/lab', source: (name: string) => `src/drills/lab/programs/${name}.ts` },
  drill: { bundle: 'dist/drills', source: (name: string) => `src/drills/programs/${name}.ts` },
  service: { bundle: 'dist/services', source: (name: string) => `services/${name}/src/main.ts` },
} as const;

/** How to run a Node program of the lab, of a drill, or a service: the bundled one where this is a bundle, else its source. */
export function nodeProgram(kind: keyof typeof PROGRAMS, name: string): Command {
  const root = packageRoot();
  const { bundle, source } = PROGRAMS[kind];
  if (!import.meta.filename.endsWith('.ts'))
    return { file: process.execPath, args: [join(root, bundle, `${name}.js`)] };
  return { file: process.execPath, args: ['--conditions=launchgate-source', join(root, source(name))] };
}

/** Whether the program that {@link nodeProgram} names is there. */
export function hasService(name: string): boolean {
  // The console is no program: the edge serves its files.
  if (name === 'console') return true;
  const { args = [] } = nodeProgram('service', name);
  return existsSync(args.at(-1)!);
}

/** A folder that belongs to the installed package, such as `services/console/dist`. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'launchgate')
      return folder;
  }
  throw new LaunchgateError('internal', `no package around ${import.meta.dirname}`);
}

/** Newest version first. */
function postgresFolders(): string[] {
  if (!existsSync(POSTGRES)) return [];
  return readdirSync(POSTGRES)
    .map(Number)
    .filter((version) => version > 0)
    .sort((a, b) => b - a)
    .map((version) => join(POSTGRES, String(version), 'bin'));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
