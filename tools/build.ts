/** Bundles the release into dist/: one entry for the command line, one for the signature worker, lazy chunks for the rest. */
import { existsSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('../', import.meta.url);

const entries: Record<string, string> = { main: 'src/cli/main.ts', 'verify-worker': 'src/ledger/verify-worker.ts' };

/** Grammars that web-tree-sitter loads beside the bundle. */
const grammars = [
  'web-tree-sitter/web-tree-sitter.wasm',
  '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm',
];

await rm(new URL('dist/', root), { recursive: true, force: true });
await bundle();
await copyGrammars();

async function bundle(): Promise<void> {
  const present = Object.entries(entries).filter(([, path]) => existsSync(new URL(path, root)));
  const build = await rolldown({
    cwd: fileURLToPath(root),
    input: Object.fromEntries(present),
    platform: 'node',
    logLevel: 'warn',
  });
  await build.write({
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: true,
  });
  await build.close();
}

async function copyGrammars(): Promise<void> {
  for (const grammar of grammars) {
    const from = fileURLToPath(new URL(`node_modules/${grammar}`, root));
    await copyFile(from, fileURLToPath(new URL(`dist/${grammar.slice(grammar.lastIndexOf('/') + 1)}`, root)));
  }
}
