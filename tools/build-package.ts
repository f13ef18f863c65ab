/**
 * Makes dist/ of the published package in the current folder (`npm run build -w …`): JavaScript and declarations of what its entries
 * reach, so that no test comes along. Packages of this repository that it needs are made before it, because it is compiled against
 * their dist/ as its users are.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const FOLDERS: Readonly<Record<string, string>> = {
  '@launchgate/runtime': 'runtime',
  '@launchgate/node-agent': 'services/node-agent',
  '@launchgate/terminal-gateway': 'services/terminal-gateway',
};

build(process.cwd(), new Set());

function build(folder: string, done: Set<string>): void {
  if (done.has(folder)) return;
  done.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const needed = FOLDERS[name];
    if (needed !== undefined) build(join(root, needed), done);
  }
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  for (const project of readdirSync(folder).filter((file) => /^tsconfig\.(?:build|client)\.json$/.test(file)))
    execFileSync(process.execPath, [tsc, '-p', project], { cwd: folder, stdio: 'inherit' });
}
