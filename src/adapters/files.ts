import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { LaunchgateError } from '../model/errors.ts';
import { oncePerText } from '../model/once.ts';
import type { FileTree } from '../model/world.ts';
import { walk } from './walk.ts';

/** Bounds of what is taken in from a repository. */
export interface TreeLimits {
  /** Most files that are listed; beyond it the rest is one gap. */
  readonly files: number;
  /** Largest file that is read, in bytes. */
  readonly bytes: number;
  /** Deepest folder below the root. */
  readonly depth: number;
}

/** Most UTF-16 code units of text that a tree keeps. */
const MAX_KEPT = 16 * 1024 * 1024;

export const TREE_LIMITS: TreeLimits = { files: 200_000, bytes: 8 * 1024 * 1024, depth: 64 };

/**
 * Opens a folder (or a single file, as a tree of one) for reading. Only paths that the walk listed can be read, whatever a manifest asks for.
 * Throws `not-found` when there is nothing at `root`.
 */
export function openTree(root: string, limits: Partial<TreeLimits> = {}): FileTree {
  const bounds = { ...TREE_LIMITS, ...limits };
  const start = realRoot(root);
  const single = !statSync(start).isDirectory();
  const top = single ? dirname(start) : start;
  const { files, gaps } = single ? { files: [basename(start)], gaps: [] } : walk(top, bounds);
  const listed = new Set(files);
  const real = confinement(top);
  const kept = new KeptTexts();

  const read = (path: string): Uint8Array => {
    if (!listed.has(path)) throw unlisted(path);
    return readConfined(real, path, bounds.bytes);
  };
  return {
    root: top,
    files,
    gaps,
    has: (path) => listed.has(path),
    read,
    text: (path) => kept.text(path, () => decodeUtf8(read(path), path)),
  };
}

function realRoot(root: string): string {
  try {
    return realpathSync.native(resolve(root));
  } catch (cause) {
    throw new LaunchgateError('not-found', `${root} cannot be opened: ${reasonOf(cause)}`, {
      next: 'Name a folder that exists and that you may read.',
      cause,
    });
  }
}

function unlisted(path: string): LaunchgateError {
  if (path.startsWith('/') || path.includes('\0') || path.split('/').includes('..'))
    return new LaunchgateError('input-hostile', `${JSON.stringify(path)} is not a path inside the repository`, {
      next: 'Use a path relative to the repository that stays below its root.',
    });
  return new LaunchgateError('input-unreadable', `${path} is not a file of the repository`, {
    next: 'Check the spelling, and that no link on the way leaves the repository.',
  });
}

/** Opens the real file without following a link or waiting for a pipe, then asks the open file what it is and how long. */
function readConfined(confine: Confinement, path: string, limit: number): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openConfined(confine, path);
    const status = fstatSync(descriptor);
    if (!status.isFile())
      throw new LaunchgateError('input-hostile', `${path} is not a regular file`, { next: 'Replace it by a file.' });
    if (status.size > limit) throw tooLarge(path, status.size, limit);
    const bytes = readAll(descriptor, path, status.size, limit);
    if (isPointer(bytes)) throw elsewhere(path);
    return bytes;
  } catch (cause) {
    if (cause instanceof LaunchgateError) throw cause;
    throw new LaunchgateError('input-unreadable', `${path} cannot be read: ${reasonOf(cause)}`, {
      next: 'Make the file readable for the user that runs Launchgate.',
      cause,
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The real path of a file or folder of the repository; throws `input-hostile` where a link leads out of it. */
interface Confinement {
  file(path: string): string;
  /** Asked of the file system once for each folder. */
  folder(path: string): string;
}

function confinement(root: string): Confinement {
  const inside = root.endsWith(sep) ? root : root + sep;
  const file = (path: string): string => {
    const real = realpathSync.native(inside + path);
    if (real !== root && !real.startsWith(inside))
      throw new LaunchgateError('input-hostile', `${path} leads out of the repository`, { next: `Remove the link.` });
    return real;
  };
  return { file, folder: oncePerText(file) };
}

/** Few files are links: one is resolved only when it proves to be one. */
function openConfined(confine: Confinement, path: string): number {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return openSync(`${confine.folder(dirname(path))}${sep}${basename(path)}`, flags);
  } catch (cause) {
    if (reasonOf(cause) !== 'ELOOP') throw cause;
    return openSync(confine.file(path), flags);
  }
}

/** Reads to the end of the file, which may have grown since its size was asked: a short read that ends there is the end. */
function readAll(descriptor: number, path: string, size: number, limit: number): Uint8Array {
  let buffer = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
    if (length === size) return buffer.subarray(0, length);
    if (length > limit) throw tooLarge(path, length, limit);
    if (length === buffer.length) buffer = Buffer.concat([buffer], length * 2);
  }
}

function tooLarge(path: string, size: number, limit: number): LaunchgateError {
  return new LaunchgateError('input-hostile', `${path} has ${size} bytes, more than the ${limit} that are read`, {
    next: 'Split the file, or exclude it in the spec.',
  });
}

/** Git LFS keeps the content elsewhere and commits this: a manifest in its place would be read as one that says nothing. */
const POINTER = Buffer.from('version https://git-lfs.github.com/spec/v1\n');

function isPointer(bytes: Uint8Array): boolean {
  return POINTER.equals(bytes.subarray(0, POINTER.length));
}

function elsewhere(path: string): LaunchgateError {
  return new LaunchgateError('input-unreadable', `${path} is a pointer of Git LFS, and its content is not here`, {
    next: 'Keep what is deployed in git itself, which is all that a gate reads, or exclude it in the spec.',
  });
}

/** Texts that were read, so that a finding's place, an ignore beside it and the reader of its values see the same one. */
class KeptTexts {
  readonly #texts = new Map<string, string>();
  #length = 0;

  text(path: string, read: () => string): string {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const text = read();
    this.#length += text.length;
    if (this.#length <= MAX_KEPT) this.#texts.set(path, text);
    return text;
  }
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Strict UTF-8; a byte order mark is dropped. Throws `input-hostile` for anything else. */
function decodeUtf8(bytes: Uint8Array, path: string): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16)
    throw new LaunchgateError('input-hostile', `${path} is UTF-16, expected UTF-8`, { next: 'Save it as UTF-8.' });
  try {
    return STRICT_UTF8.decode(bytes);
  } catch (cause) {
    const at = firstInvalidByte(bytes);
    throw new LaunchgateError('input-hostile', `${path} is not valid UTF-8${at}`, { next: 'Save it as UTF-8.', cause });
  }
}

function firstInvalidByte(bytes: Uint8Array): string {
  const lossy = Buffer.from(bytes).toString('utf8');
  const head = lossy.slice(0, lossy.indexOf('\uFFFD'));
  return ` (line ${head.split('\n').length})`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
