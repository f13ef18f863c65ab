import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LaunchgateError } from '../../model/errors.ts';
import { catFiles, git, line } from './command.ts';

/**
 * Writes the files of a commit below a folder's path into an empty directory: the blobs as they were committed, no filters, no
 * hooks. Links come last, so that nothing is written through one; whoever reads the directory judges where they lead, as in a work
 * tree. Answers the paths of what the directory cannot hold as it was meant: links that lead out of it, and submodules.
 */
export async function materialize(folder: string, commit: string, into: string): Promise<string[]> {
  const listing = await git(folder, ['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...(await prefixOf(folder))]);
  const prefix = (await prefixOf(folder))[0] ?? '';
  const entries = listing.split('\0').filter(Boolean).map(parseEntry);
  const blobs = entries.filter((entry) => entry.mode !== SUBMODULE);
  const contents = await catFiles(
    folder,
    blobs.map((entry) => entry.object),
  );
  const written = blobs.map(({ mode, path }, index) => ({
    isLink: mode === LINK,
    path: path.slice(prefix.length),
    file: confined(into, path.slice(prefix.length)),
    content: contents[index] ?? new Uint8Array(),
  }));
  for (const { file, content } of written.filter(({ isLink }) => !isLink)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const links = written.filter(({ isLink }) => isLink);
  for (const { file } of links) mkdirSync(dirname(file), { recursive: true });
  for (const { file, content } of links) symlinkSync(targetOf(content), file);
  const outward = links.filter(
    ({ file, content }) => !resolve(dirname(file), targetOf(content)).startsWith(`${into}/`),
  );
  const submodules = entries.filter((entry) => entry.mode === SUBMODULE);
  return [...outward.map(({ path }) => path), ...submodules.map(({ path }) => path.slice(prefix.length))];
}

const LINK = '120000';
const SUBMODULE = '160000';

function targetOf(link: Uint8Array): string {
  const target = Buffer.from(link).toString('utf8');
  if (!target.includes('\0')) return target;
  throw new LaunchgateError('input-hostile', 'the commit holds a link to a name that no file can have');
}

/** A tree object can hold any name; only those that stay inside the target are written. */
function confined(into: string, path: string): string {
  const file = join(into, path);
  if (file.startsWith(`${into}/`) && !path.split('/').includes('.git')) return file;
  throw new LaunchgateError(
    'input-hostile',
    `the commit holds the path ${JSON.stringify(path)}, which leaves its folder`,
  );
}

/** The path from the top of the work tree to the folder, as git names it, with a slash; empty at the top. */
async function prefixOf(folder: string): Promise<string[]> {
  const prefix = await line(folder, ['rev-parse', '--show-prefix']);
  return prefix === undefined || prefix === '' ? [] : [prefix];
}

function parseEntry(entry: string): { mode: string; object: string; path: string } {
  const tab = entry.indexOf('\t');
  const [mode = '', , object = ''] = entry.slice(0, tab).split(' ');
  return { mode, object, path: entry.slice(tab + 1) };
}
