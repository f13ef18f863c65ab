/**
 * Where the entry of a worker thread lies: beside the module of `beside` (its `import.meta.url`) in the sources; `dist/NAME.js` in the
 * bundled release, where that module is part of an entry or of a chunk.
 */
export function workerFile(name: string, beside: string): URL {
  if (beside.endsWith('.ts')) return new URL(`./${name}.ts`, beside);
  const up = beside.includes('/chunks/') ? '../' : './';
  return new URL(`${up}${name}.js`, beside);
}
