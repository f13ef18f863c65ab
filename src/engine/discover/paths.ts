import { posix } from 'node:path';

/** The root of the repository, as a folder. */
export const ROOT = '.';

/** The folder a file lies in; {@link ROOT} for files at the top. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? ROOT : path.slice(0, slash);
}

/** The folders above a path, nearest first, the root last. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  let folder = path;
  while (folder !== ROOT) {
    folder = folderOf(folder);
    folders.push(folder);
  }
  return folders;
}

/** Resolves a relative reference made in a folder; `undefined` when it is absolute or leaves the repository. */
export function resolvePath(folder: string, reference: string): string | undefined {
  if (posix.isAbsolute(reference)) return undefined;
  const joined = posix.normalize(posix.join(folder, reference));
  const trimmed = joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined;
  return trimmed === '..' || trimmed.startsWith('../') ? undefined : trimmed;
}

/** True for the folder itself and everything below it. */
export function isWithin(folder: string, path: string): boolean {
  return folder === ROOT || path === folder || path.startsWith(`${folder}/`);
}

/** The last part of a path, or `.` for the root. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A file's name without folder and extension. */
export function stem(path: string): string {
  return baseName(path).replace(/\.(?:ya?ml|json|tfvars|hcl)$/i, '');
}

/** `folder/name`, without `./` at the root. */
export function inFolder(folder: string, name: string): string {
  return folder === ROOT ? name : `${folder}/${name}`;
}
