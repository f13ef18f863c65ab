import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, relative } from 'node:path';
import type { Deployable } from '../model/platform.ts';
import type { FileTree, RenderOutcome, Renderers } from '../model/world.ts';
import { makeScratch } from './scratch.ts';

/** Longest time a tool may take, in milliseconds, and most bytes it may write. */
const TIMEOUT = 30_000;
const MAX_OUTPUT = 64 * 1024 * 1024;

export interface RendererOptions {
  /** Lets Kustomize fetch remote bases. Default: false. */
  readonly allowRemote?: boolean;
  /** Folders to look for tools in, as in `PATH`. Default: the process's own. */
  readonly path?: string;
}

/** Renders nothing: every deployable that needs a tool is reported as not rendered. */
export const noRenderers: Renderers = {
  allowRemote: false,
  kustomize: () => Promise.resolve(turnedOff('Kustomize')),
  helm: () => Promise.resolve(turnedOff('Helm')),
};

/**
 * Renders with the `kustomize` (or `kubectl`) and `helm` found on the PATH. Each runs without a shell, in a home and a
 * configuration of its own that are empty, time-boxed and bounded in its output, without plug-ins and post-renderers, and, unless
 * remote bases are allowed, behind a proxy that does not exist.
 */
export function hostRenderers(options: RendererOptions = {}): Renderers {
  const path = options.path ?? process.env['PATH'] ?? '';
  const allowRemote = options.allowRemote === true;
  return {
    allowRemote,
    kustomize: (tree, folder, overlay, files) =>
      inScratch((scratch) => kustomize(tree, { folder, overlay, files }, { path, scratch, allowRemote })),
    helm: (tree, deployable) => inScratch((scratch) => helm(tree, deployable, { path, scratch, allowRemote: false })),
  };
}

interface Surroundings {
  readonly path: string;
  /** An empty folder that is removed afterwards. */
  readonly scratch: string;
  readonly allowRemote: boolean;
}

/** What Kustomize builds. */
interface Built {
  readonly folder: string;
  readonly overlay: Readonly<Record<string, unknown>> | undefined;
  readonly files: readonly string[] | undefined;
}

async function kustomize(
  tree: FileTree,
  { folder, overlay, files }: Built,
  around: Surroundings,
): Promise<RenderOutcome> {
  const tool = findTool('kustomize', around.path);
  const kubectl = tool === undefined ? findTool('kubectl', around.path) : undefined;
  const program = tool ?? kubectl;
  if (program === undefined)
    return missing('kustomize', 'Install kustomize 5 or newer (https://kubectl.docs.kubernetes.io/installation/).');
  const target = join(tree.root, folder);
  const listed = files === undefined ? undefined : await copied(tree, files, around.scratch);
  const built = overlay === undefined ? target : await writeOverlay(around.scratch, target, overlay, listed);
  const verb = kubectl === undefined ? 'build' : 'kustomize';
  const args = [verb, '--load-restrictor', 'LoadRestrictionsRootOnly', built];
  return run(program, args, tree, around, 'kustomize');
}

/** A kustomization of our own around the folder, or around what is listed. JSON is YAML. */
async function writeOverlay(
  scratch: string,
  target: string,
  overlay: Readonly<Record<string, unknown>>,
  listed: readonly string[] = [relative(scratch, target)],
): Promise<string> {
  const { components = [], ...fields } = overlay;
  const own = Array.isArray(components)
    ? components.map((entry) => relative(scratch, join(target, String(entry))))
    : [];
  const body = { ...fields, resources: listed, ...(own.length > 0 ? { components: own } : {}) };
  await writeFile(join(scratch, 'kustomization.yaml'), JSON.stringify(body));
  return scratch;
}

/** Copies files to where Kustomize lets a kustomization list them; answers their new paths. */
async function copied(tree: FileTree, files: readonly string[], scratch: string): Promise<string[]> {
  return Promise.all(
    files.map(async (file) => {
      const copy = join('files', file);
      await mkdir(join(scratch, dirname(copy)), { recursive: true });
      await writeFile(join(scratch, copy), tree.read(file));
      return copy;
    }),
  );
}

async function helm(tree: FileTree, deployable: Deployable, around: Surroundings): Promise<RenderOutcome> {
  const program = findTool('helm', around.path);
  if (program === undefined) return missing('helm', 'Install Helm 3 or newer (https://helm.sh/docs/intro/install/).');
  const {
    release = 'release',
    valuesFiles = [],
    values,
    kubeVersion,
    apiVersions = [],
    skipCrds = false,
  } = deployable.helm ?? {};
  const files = valuesFiles.map((file) => join(tree.root, file));
  if (values !== undefined) {
    const inline = join(around.scratch, 'inline-values.json');
    await writeFile(inline, JSON.stringify(values));
    files.push(inline);
  }
  const args = [
    'template',
    `--namespace=${deployable.namespace ?? 'default'}`,
    ...(skipCrds ? ['--skip-crds'] : ['--include-crds']),
    ...(kubeVersion === undefined ? [] : [`--kube-version=${kubeVersion}`]),
    ...apiVersions.map((version) => `--api-versions=${version}`),
    ...files.flatMap((file) => ['--values', file]),
    '--',
    release,
    join(tree.root, deployable.path),
  ];
  return run(program, args, tree, around, 'helm');
}

function run(
  program: string,
  args: readonly string[],
  tree: FileTree,
  around: Surroundings,
  name: string,
): Promise<RenderOutcome> {
  const options = {
    cwd: around.scratch,
    env: emptyHome(around),
    timeout: TIMEOUT,
    maxBuffer: MAX_OUTPUT,
    killSignal: 'SIGKILL' as const,
  };
  return new Promise((resolve) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ ok: true, yaml: stdout });
      resolve({ ok: false, ...explain(error, stderr, tree, around, name) });
    });
    child.stdin?.end();
  });
}

function explain(
  error: Error & { killed?: boolean; code?: unknown },
  stderr: string,
  tree: FileTree,
  around: Surroundings,
  name: string,
): { reason: string; fix: string } {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return { reason: `${name} wrote more than ${MAX_OUTPUT / 1024 / 1024} MiB`, fix: 'Split the deployable.' };
  if (error.killed === true)
    return { reason: `${name} took longer than ${TIMEOUT / 1000} s`, fix: `Run ${name} by hand to see why.` };
  const said = stderr
    .replaceAll(`${tree.root}/`, '')
    .replaceAll(tree.root, '.')
    .replaceAll(`${around.scratch}/files/`, '')
    .replaceAll(around.scratch, 'overlay');
  const last = said
    .split('\n')
    .map(withoutRun)
    .filter((line) => line.trim() !== '' && !/^(?:#|WARNING|coalesce\.go|walk\.go)/.test(line));
  const message = last.join(' ').replaceAll(/\s+/g, ' ').slice(0, 600) || error.message.split('\n')[0];
  return { reason: `${name} failed: ${message}`, fix: `Correct what ${name} names and check again.` };
}

/** What Go's `log` and `klog` write before a line: the time and the process. Two runs that fail alike say the same. */
const STAMP = /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)? |[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ )/;

/** A line of a tool without what is of this run alone: when it was, by which process, in which temporary folder. */
function withoutRun(line: string): string {
  return line.replace(STAMP, '').replaceAll(/\b(kustomize|helm)-\d{5,}/g, '$1-…');
}

/**
 * The environment of a tool: the PATH, and a home that is empty. Without permission to fetch, every protocol that these tools
 * speak leads to a closed port or is refused by git.
 */
function emptyHome({ path, scratch, allowRemote }: Surroundings): Record<string, string> {
  const home = join(scratch, 'home');
  const closed = 'http://127.0.0.1:9';
  return {
    PATH: path,
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: home,
    XDG_DATA_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_CACHE_HOME: home,
    HELM_DATA_HOME: home,
    HELM_PLUGINS: join(home, 'plugins'),
    KUBECONFIG: join(home, 'kubeconfig'),
    TMPDIR: scratch,
    GIT_TERMINAL_PROMPT: '0',
    // Both are written in Go and live for a second: collecting garbage a fourth as often takes a quarter off it.
    GOGC: '400',
    ...(allowRemote
      ? {}
      : {
          HTTP_PROXY: closed,
          HTTPS_PROXY: closed,
          ALL_PROXY: closed,
          GIT_ALLOW_PROTOCOL: 'none',
          GIT_SSH_COMMAND: 'false',
        }),
  };
}

/** Starts the tool before it returns: the caller goes on with other work meanwhile. */
async function inScratch(work: (scratch: string) => Promise<RenderOutcome>): Promise<RenderOutcome> {
  const scratch = makeScratch('render');
  try {
    return await work(scratch.path);
  } finally {
    scratch.dispose();
  }
}

/** Absolute folders of the PATH only: a relative one could lie in the repository. */
function findTool(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

function missing(tool: string, fix: string): RenderOutcome {
  return { ok: false, reason: `${tool} is not installed`, fix };
}

function turnedOff(tool: string): RenderOutcome {
  return { ok: false, reason: `rendering is turned off, and this needs ${tool}`, fix: 'Check without --no-render.' };
}
