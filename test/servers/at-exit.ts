/** What the end of the test's process takes with it, whatever ended it: one listener for all, since Node warns of more than ten. */
const works = new Set<() => void>();

/** Returns what takes it off the list again. */
export function atExit(work: () => void): () => void {
  if (works.size === 0) process.once('exit', run);
  works.add(work);
  return () => {
    works.delete(work);
    if (works.size === 0) process.removeListener('exit', run);
  };
}

function run(): void {
  for (const work of works) work();
}
