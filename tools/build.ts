/** Bundles the release into dist/: one entry for the command line, one for the signature worker, lazy chunks for the rest. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('../', import.meta.url);

const entries: Record<string, string> = { main: 'src/cli/main.ts', 'verify-worker': 'src/ledger/verify-worker.ts' };

/** What every `check` loads, in one file: to find and open twenty small ones takes longer than Node itself needs to start. */
const START =
  /src\/(?:cli\/(?:check|io|render|verbs)|app\/(?:check|nothing|project|version)|engine\/exit-status|model\/errors|adapters\/(?:files|walk)|report\/(?:check\/(?:human|summary)|context|order|text\/.*))\.ts$|node_modules\/(?:commander|get-east-asian-width)\//;

if (!isFresh() || process.argv.includes('--force')) {
  await rm(new URL('dist/', root), { recursive: true, force: true });
  await bundle();
  await linkCommand();
  await writeFile(new URL('dist/built', root), '');
}

/** True when nothing that goes into the bundle is newer than it: npx asks for a build before every run in a checkout. */
function isFresh(): boolean {
  const built = new URL('dist/built', root);
  if (!existsSync(built)) return false;
  const at = statSync(built).mtimeMs;
  const inputs = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return [...inputs.map((path) => `src/${path}`), 'package-lock.json', 'tools/build.ts'].every(
    (path) => statSync(new URL(path, root)).mtimeMs <= at,
  );
}

async function bundle(): Promise<void> {
  const present = Object.entries(entries).filter(([, path]) => existsSync(new URL(path, root)));
  const build = await rolldown({
    cwd: fileURLToPath(root),
    input: Object.fromEntries(present),
    platform: 'node',
    external: ['sodium-native', 'pg-native'],
    resolve: { conditionNames: ['launchgate-source', 'node', 'default'] },
    logLevel: 'warn',
    checks: { ineffectiveDynamicImport: false, eval: false },
  });
  await build.write({
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    codeSplitting: { groups: [{ name: 'start', test: START }] },
    minify: true,
  });
  await build.close();
}

/** npm links the commands of dependencies, not the package's own: with this link `npx launchgate` works in a checkout, too. */
async function linkCommand(): Promise<void> {
  const folder = new URL('node_modules/.bin/', root);
  await mkdir(folder, { recursive: true });
  await rm(new URL('launchgate', folder), { force: true });
  await symlink('../../bin/launchgate.js', new URL('launchgate', folder));
}
