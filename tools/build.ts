/**
 * Bundles the release into dist/: one entry for the command line, one for each worker of signatures, lazy chunks for the rest; and what the lab
 * runs, the services and its own programs, each with all it needs.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown, type LogLevel, type LogOrStringHandler, type Plugin, type RolldownLog } from 'rolldown';
import { buildConsole } from './build-console.ts';

const root = new URL('../', import.meta.url);

/** What runs beside the command line, in a thread or a process of its own. */
const COMPANIONS: readonly [name: string, path: string][] = [
  ['verify-worker', 'src/ledger/verify-worker.ts'],
  ['sign-worker', 'src/adapters/sign-worker.ts'],
  ['watchdog', 'src/drills/watchdog/main.ts'],
];

/** The kit is taken from its sources. Neither `import` nor `require`: the bundler adds the one that was written. */
const CONDITIONS = ['launchgate-source', 'node', 'default'];

/** Writes the chunks in ASCII: Node takes a file of any other text in at a fifth of the speed, and keeps it in twice the memory. */
const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle: (_options, bundled) => {
    for (const chunk of Object.values(bundled)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replaceAll(/[\u0080-\uffff]/g, escaped);
    }
  },
};

/** A script may not import: what is loaded late is a chunk, or a part of Node that `process.getBuiltinModule` gives. */
const noImports: Plugin = {
  name: 'no-imports',
  generateBundle(_options, bundled) {
    for (const chunk of Object.values(bundled)) {
      if (chunk.type !== 'chunk') continue;
      const outside = chunk.dynamicImports.filter((id) => !(id in bundled));
      if (outside.length > 0) this.error(`${chunk.fileName} imports ${outside.join(', ')} while it runs`);
    }
  },
};

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What every `check` loads, in one file: to find and open twenty small ones takes longer than Node itself needs to start. */
const START =
  /src\/(?:cli\/(?:check|io|render|verbs)|app\/(?:check|nothing|project|version)|engine\/exit-status|model\/errors|adapters\/(?:files|walk)|report\/(?:check\/(?:human|summary)|context|order|text\/.*))\.ts$|node_modules\/(?:commander|get-east-asian-width)\//;

if (!isFresh() || process.argv.includes('--force')) {
  await rm(new URL('dist/', root), { recursive: true, force: true });
  await bundleCommandLine();
  await bundlePrograms('.', COMPANIONS);
  await bundlePrograms('services', servicePrograms());
  // What `api migrate` applies is read at run time, beside the bundle.
  await cp(new URL('services/api/migrations/', root), new URL('dist/services/migrations/', root), { recursive: true });
  await bundlePrograms('lab', programsIn('src/drills/lab/programs'));
  await bundlePrograms('drills', programsIn('src/drills/programs'));
  await buildConsole('dist/console');
  await linkCommand();
  await writeFile(new URL('dist/built', root), await digestOf('dist/chunks', 'dist/main.cjs'));
}

/** SHA-256 of the command line's chunks: compiled code that is kept between runs is of this build and no other. */
async function digestOf(folder: string, file: string): Promise<string> {
  const chunks = readdirSync(new URL(`${folder}/`, root)).filter((name) => name.endsWith('.cjs'));
  const paths = [file, ...chunks.sort().map((name) => `${folder}/${name}`)];
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0`).update(await readFile(new URL(path, root)));
  return hash.digest('hex');
}

/** True when nothing that goes into the bundle is newer than it: npx asks for a build before every run in a checkout. */
function isFresh(): boolean {
  const built = new URL('dist/built', root);
  if (!existsSync(built)) return false;
  const at = statSync(built).mtimeMs;
  const inputs = ['src', 'runtime/src', 'services'].flatMap(sourcesIn);
  return [...inputs, 'package-lock.json', 'tools/build.ts'].every(
    (path) => statSync(new URL(path, root)).mtimeMs <= at,
  );
}

function sourcesIn(folder: string): string[] {
  if (!existsSync(new URL(folder, root))) return [];
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:ts|css|html|sql)$/.test(path) && !/(?:^|\/)(?:node_modules|dist)\//.test(path))
    .map((path) => `${folder}/${path}`);
}

function servicePrograms(): [name: string, path: string][] {
  return readdirSync(new URL('services/', root))
    .filter((name) => name !== 'console')
    .map((name): [string, string] => [name, `services/${name}/src/main.ts`])
    .filter(([, path]) => existsSync(new URL(path, root)));
}

function programsIn(folder: string): [name: string, path: string][] {
  return sourcesIn(folder)
    .filter((path) => /programs\/[a-z-]+\.ts$/.test(path))
    .map((path) => [path.slice(path.lastIndexOf('/') + 1, -'.ts'.length), path]);
}

/** In the form that `bin/chunks.js` loads: scripts, of which the compiled code can be kept between runs. */
async function bundleCommandLine(): Promise<void> {
  const build = await rolldown({
    cwd: fileURLToPath(root),
    input: { main: 'src/cli/main.ts' },
    platform: 'node',
    external: ['sodium-native', 'pg-native'],
    resolve: { conditionNames: CONDITIONS },
    logLevel: 'warn',
    onLog: refuseUnresolved,
    checks: { ineffectiveDynamicImport: false, eval: false },
  });
  await build.write({
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name].cjs',
    codeSplitting: { groups: [{ name: 'start', test: START }] },
    minify: true,
    plugins: [asciiOnly, noImports],
  });
  await build.close();
}

/**
 * Native modules stay in node_modules, and so does fastify: the kit asks for the one that its user has, and two would not know each other's classes.
 */
async function bundlePrograms(folder: string, programs: readonly [name: string, path: string][]): Promise<void> {
  if (programs.length === 0) return;
  const build = await rolldown({
    cwd: fileURLToPath(root),
    input: Object.fromEntries(programs),
    platform: 'node',
    resolve: { conditionNames: CONDITIONS },
    external: ['sodium-native', 'pg-native', 'fastify', /^@lydell\/node-pty/],
    logLevel: 'warn',
    onLog: refuseUnresolved,
    checks: { eval: false },
  });
  await build.write({
    dir: `dist/${folder}`,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: true,
    // The OpenID provider finds its own classes by their names.
    keepNames: true,
  });
  await build.close();
}

/** An import that is not found would be left to fail where the release runs. */
function refuseUnresolved(level: LogLevel, log: RolldownLog, report: LogOrStringHandler): void {
  if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
  report(level, log);
}

/** npm links the commands of dependencies, not the package's own: with this link `npx launchgate` works in a checkout, too. */
async function linkCommand(): Promise<void> {
  const folder = new URL('node_modules/.bin/', root);
  await mkdir(folder, { recursive: true });
  await rm(new URL('launchgate', folder), { force: true });
  await symlink('../../bin/launchgate.js', new URL('launchgate', folder));
}
