/**
 * Renders the overlays of the reference platform and pins them to the digests of their sources: `.rendered/` for the platform as
 * it is, `mends/rendered/` for the platform with its faults mended, so that the demo needs no Kustomize for either.
 * Needs kustomize 5 on the PATH. With `--check` it writes nothing and exits 1 when a pin is stale.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTree } from '../src/adapters/files.ts';
import { hostRenderers } from '../src/adapters/renderers.ts';
import { discover } from '../src/engine/discover/index.ts';
import { PINS_PATH, pinRender } from '../src/engine/render/pins.ts';
import { loadSpec } from '../src/engine/load-spec.ts';
import { catalog } from '../src/controls/catalog.ts';

interface Edit {
  readonly path: string;
  readonly find?: string;
  readonly replace?: string;
  readonly remove?: true;
}

const example = fileURLToPath(new URL('../examples/gpu-cloud', import.meta.url));
const check = process.argv.includes('--check');
const stale: string[] = [];

const scratch = mkdtempSync(join(tmpdir(), 'pin-example-'));
try {
  copyWithoutRenders(scratch);
  keep('.rendered', await renderedFiles(scratch));
  for (const { edits } of readMends()) for (const edit of edits) apply(scratch, edit);
  keep('mends/rendered', await renderedFiles(scratch));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run "node tools/pin-example.ts" and commit the result.`);
  process.exitCode = 1;
}

function copyWithoutRenders(to: string): void {
  cpSync(example, to, { recursive: true, filter: (path) => !/\/(?:\.rendered|mends|\.launchgate)$/.test(path) });
}

function readMends(): readonly { readonly edits: readonly Edit[] }[] {
  return JSON.parse(readFileSync(join(example, 'mends/mends.json'), 'utf8'));
}

/** The text to find must be there exactly once: a mend that no longer fits is a mistake, not a no-op. */
function apply(root: string, { path, find, replace, remove }: Edit): void {
  const file = join(root, path);
  if (remove === true) return rmSync(file);
  const before = readFileSync(file, 'utf8');
  if (find === undefined || before.split(find).length !== 2)
    throw new Error(`${path} does not hold exactly one ${JSON.stringify(find)}`);
  writeFileSync(
    file,
    before.replace(find, () => replace ?? ''),
  );
}

/** What belongs below `.rendered/`: path relative to it -> content. */
async function renderedFiles(root: string): Promise<Map<string, string>> {
  const tree = openTree(root);
  const spec = loadSpec(
    tree.text('launchgate.yaml'),
    'launchgate.yaml',
    catalog.map(({ id }) => id),
  );
  const { deployables, rendered, gaps } = await discover(tree, { renderers: hostRenderers(), spec });
  const pins: Record<string, unknown> = {};
  const files = new Map<string, string>();
  for (const deployable of deployables.filter(({ path }) => path.startsWith('k8s/overlays/'))) {
    const yaml = rendered.get(deployable.id)?.yaml;
    if (yaml === undefined) throw new Error(gaps.find((gap) => gap.deployable === deployable.id)?.reason);
    const { id, pin } = pinRender(tree, deployable, yaml);
    pins[id] = pin;
    files.set(pin.file.replace(/^\.rendered\//, ''), yaml);
  }
  files.set(PINS_PATH.replace(/^\.rendered\//, ''), `${JSON.stringify(pins, null, 2)}\n`);
  return files;
}

function keep(folder: string, files: ReadonlyMap<string, string>): void {
  if (!check) rmSync(join(example, folder), { recursive: true, force: true });
  for (const [path, content] of files) {
    const file = join(example, folder, path);
    if (check && existsSync(file) && readFileSync(file, 'utf8') === content) continue;
    if (check) stale.push(`${folder}/${path}`);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
}
