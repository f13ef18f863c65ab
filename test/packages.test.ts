/**
 * The published packages as their users get them: packed, unpacked into an empty project, imported from plain JavaScript without the
 * condition that leads to the sources here, compiled against, and bundled.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from './docs/blocks.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;
const PACKAGES = {
  runtime: 'runtime',
  'node-agent': 'services/node-agent',
  'terminal-gateway': 'services/terminal-gateway',
};

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly default: string; readonly types: string }>>;
  readonly files: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

let project: string;
const installed = (name: string) => join(project, 'node_modules/@launchgate', name);
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name).slice(folder.length + 1)] : [],
  );
const names = Object.keys(PACKAGES);

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'launchgate-packages-'));
  writeFileSync(join(project, 'package.json'), '{"type":"module","private":true}');
  for (const [name, folder] of Object.entries(PACKAGES)) install(name, join(root, folder));
  linkDependencies();
}, 300_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** `npm pack` runs `prepack`, which builds. The rest is what `npm install` would do, without asking anybody. */
function install(name: string, folder: string): void {
  const path = `${dirname(node)}:${process.env['PATH']}`;
  const args = ['pack', '--silent', '--offline', '--pack-destination', project];
  const packed = execFileSync('npm', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH: path } });
  mkdirSync(installed(name), { recursive: true });
  const tarball = join(project, packed.trim().split('\n').at(-1) ?? '');
  execFileSync('tar', ['-xzf', tarball, '-C', installed(name), '--strip-components=1']);
  for (const [command, file] of Object.entries(manifestOf(installed(name)).bin ?? {})) {
    mkdirSync(join(project, 'node_modules/.bin'), { recursive: true });
    chmodSync(join(installed(name), file), 0o755);
    symlinkSync(join(installed(name), file), join(project, 'node_modules/.bin', command));
  }
}

/** What the packages say that they need, and nothing else, from what is installed here. */
function linkDependencies(): void {
  const needed = names.flatMap((name) => {
    const { dependencies, peerDependencies } = manifestOf(installed(name));
    return Object.keys({ ...dependencies, ...peerDependencies });
  });
  for (const name of new Set([...needed, '@types/node', '@types/ws', 'undici-types'])) {
    if (name.startsWith('@launchgate/')) continue;
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
}

describe.each(names)('%s', (name) => {
  it('has what it says in its tarball, and neither sources nor tests', () => {
    const { exports, bin = {} } = manifestOf(installed(name));
    const files = filesIn(installed(name));
    const promised = Object.values(exports).flatMap((entry) => [entry.default, entry.types.replace('./', '')]);
    for (const file of [...promised, ...Object.values(bin)]) expect(files).toContain(file.replace('./', ''));
    expect(files).toContain('README.md');
    expect(files.filter((file) => !/^(?:dist\/.*\.(?:js|d\.ts)|package\.json|[A-Z]+\.md|LICENSE)$/.test(file))).toEqual(
      [],
    );
    expect(files.filter((file) => /test|canary|scripted/.test(file))).toEqual([]);
  });

  it('imports nothing that it does not declare', () => {
    const { dependencies = {}, peerDependencies = {} } = manifestOf(installed(name));
    const declared = new Set(Object.keys({ ...dependencies, ...peerDependencies }));
    const imported = filesIn(installed(name))
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => [
        ...readFileSync(join(installed(name), file), 'utf8').matchAll(/^(?:import|export)\b.*?from '([^.][^']*)'/gm),
      ])
      .map(([, specifier = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '')
      .filter((specifier) => !specifier.startsWith('node:') && specifier !== `@launchgate/${name}`);
    expect([...new Set(imported)].filter((specifier) => !declared.has(specifier))).toEqual([]);
    if (name === 'runtime') expect(Object.keys(dependencies).filter((one) => !imported.includes(one))).toEqual([]);
  });

  it('is imported entry by entry from plain JavaScript', () => {
    const entries = Object.keys(manifestOf(installed(name)).exports).map(
      (entry) => `@launchgate/${name}${entry.slice(1)}`,
    );
    const script = `for (const entry of ${JSON.stringify(entries)}) console.log(entry, Object.keys(await import(entry)).length > 0)`;
    writeFileSync(join(project, `${name}.js`), script);
    const env = { ...process.env, NODE_OPTIONS: '' };
    const printed = execFileSync(node, [join(project, `${name}.js`)], { encoding: 'utf8', env });
    expect(printed).toBe(entries.map((entry) => `${entry} true\n`).join(''));
  });
});

describe.each(['node-agent', 'terminal-gateway'])('the command of %s', (name) => {
  it('says everything that its configuration lacks, and ends with 78 (EX_CONFIG)', () => {
    const { mode } = statSync(join(project, 'node_modules/.bin', `launchgate-${name}`));
    expect(mode & 0o111).toBe(0o111);
    const env = { PATH: `${dirname(node)}:/usr/bin:/bin` };
    const ended = spawnSync(join(project, 'node_modules/.bin', `launchgate-${name}`), { encoding: 'utf8', env });
    expect(ended.status).toBe(78);
    expect(ended.stderr).toMatch(/TLS_CERT_FILE.*TLS_KEY_FILE.*IDENTITIES/s);
  });
});

describe('a project that uses them', () => {
  it('compiles', () => {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2024',
      lib: ['es2024', 'esnext', 'dom'],
      module: 'nodenext',
      types: ['node'],
    };
    writeFileSync(
      join(project, 'consumer.ts'),
      `import { createLifecycle, type DrainReport } from '@launchgate/runtime/lifecycle';
import { createEgressGuard, egressPolicy } from '@launchgate/runtime/egress';
import { createAgent } from '@launchgate/node-agent';
import { createGateway } from '@launchgate/terminal-gateway';
import { TerminalClient } from '@launchgate/terminal-gateway/client';
export const report: Promise<DrainReport> = createLifecycle({ drainWindow: 1000 }).shutdown('done');
export const guard = createEgressGuard(egressPolicy({ allowedCidrs: ['10.0.0.0/8'] }));
export const made = [createAgent, createGateway, TerminalClient];
// @ts-expect-error a window is a number of milliseconds
createLifecycle({ drainWindow: '1s' });
`,
    );
    const page = blocksOf(readFileSync(join(installed('terminal-gateway'), 'README.md'), 'utf8'));
    writeFileSync(join(project, 'page.ts'), page.find(({ language }) => language === 'ts')?.content ?? '');
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['consumer.ts', 'page.ts'] }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    expect(spawnSync(node, [tsc, '-p', project], { encoding: 'utf8' }).stdout).toBe('');
  }, 120_000);

  const parts = Object.keys(manifestOf(join(root, 'runtime')).exports).map((entry) => entry.slice(2));

  it.each(parts)('bundles %s without any other part, and nothing of it where nothing is used', async (part) => {
    const modules = await bundled(`import * as part from '@launchgate/runtime/${part}'; globalThis.used = part;`);
    const used = modules.flatMap((id) => /runtime\/dist\/([a-z-]+)\//.exec(id)?.[1] ?? []);
    expect([...new Set(used)].filter((one) => one !== 'shared')).toEqual([part]);
    expect(await bundled(`import '@launchgate/runtime/${part}';`)).toEqual([]);
  });

  it('bundles only what one function needs', async () => {
    const modules = await bundled(
      `import { passwordDigest } from '@launchgate/runtime/redis-acl'; globalThis.used = passwordDigest;`,
    );
    expect(modules.map((id) => basename(id))).toEqual(['policy.js']);
  });

  /** Modules of the packages that are in the bundle. */
  async function bundled(code: string): Promise<string[]> {
    const input = join(project, 'entry.js');
    writeFileSync(input, code);
    const external = [/^(?!\.|\/|@launchgate\/)/];
    const build = await rolldown({ input, platform: 'node', logLevel: 'silent', external });
    const { output } = await build.generate({ format: 'esm' });
    await build.close();
    return output
      .flatMap((chunk) => (chunk.type === 'chunk' ? Object.entries(chunk.modules) : []))
      .flatMap(([id, { code: kept }]) => (id !== input && kept ? [id] : []));
  }
});
