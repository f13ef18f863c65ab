import type { HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';

/** Folders of files that show or try something. */
const TRIALS =
  /(?:^|\/)(?:tests|testdata|__tests__|e2e|fixtures|__fixtures__|examples?|samples?|vendor|node_modules|\.terraform)\//;

/**
 * Files of Terraform's values that no root takes, such as `envs/prod.tfvars` beside `infra/`: they are given on the command line, and nobody
 * else reads them. A file below a root has been read, even where it holds no value.
 */
export function unreadValues(view: PlatformView, blocks: readonly HclBlock[]): string[] {
  const read = new Set(blocks.filter(({ type }) => type === '').map(({ origin }) => origin.path));
  const roots = [...new Set(blocks.filter(({ type }) => type !== '').map(({ module }) => module))];
  const excluded = view.spec.exclude.map((prefix) => prefix.replaceAll(/^\.\/|\/$/g, ''));
  return view
    .files()
    .filter((path) => /\.tfvars(?:\.json)?$/.test(path) && !read.has(path) && !TRIALS.test(path))
    .filter((path) => ![...roots, ...excluded].some((folder) => isWithin(folder, path)));
}

function isWithin(folder: string, path: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`);
}
