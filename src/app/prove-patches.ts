/**
 * What patches lead to, seen and not assumed: the repository with them is laid out in a folder of its own, rendered and judged as it was
 * without them, and the two judgements are held against each other.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openTree } from '../adapters/files.ts';
import { makeScratch } from '../adapters/scratch.ts';
import { conclusionKey, runControls, type Conclusion } from '../engine/run.ts';
import type { AnyControl } from '../model/control.ts';
import { subjectId } from '../model/control.ts';
import type { PlatformFacts } from '../model/platform.ts';
import type { FileTree } from '../model/world.ts';
import type { CheckOptions } from './check.ts';
import { readPlatform } from './judge.ts';
import type { Project } from './project.ts';
import { realPath } from './real-place.ts';

/** A control and its subject, and what it says once the patches are made. */
export interface Foreseen {
  readonly control: string;
  readonly subject: string;
  readonly message: string;
}

export interface PatchProof {
  /** What was patched, by what its control says then. */
  readonly mended: readonly Foreseen[];
  readonly unmended: readonly Foreseen[];
  /** Of these it could not be told, as where a tool that renders is missing. */
  readonly untold: readonly Foreseen[];
  /** What held before, or was not there, and fails then. */
  readonly broken: readonly Foreseen[];
}

/** The platform as it is, and what is about to be changed. */
export interface Before {
  readonly tree: FileTree;
  readonly facts: PlatformFacts;
  readonly controls: readonly AnyControl[];
  /** Keys of the conclusions that patches are for, as `conclusionKey` makes them. */
  readonly patched: ReadonlySet<string>;
}

/** Renders and judges the files with the changes; nothing of the repository is touched. */
export async function provePatches(
  project: Project,
  { tree, facts, controls, patched }: Before,
  files: Readonly<Record<string, string>>,
  options: CheckOptions,
): Promise<PatchProof> {
  const held = new Map(
    runControls(facts, controls, options.floors).conclusions.map((one) => [conclusionKey(one), one]),
  );
  const then = await inCopy({ tree, facts }, files, async (copy) => {
    const after = await readPlatform(copy, { ...project, root: copy.root }, options);
    return runControls(after.facts, controls, options.floors).conclusions;
  });
  const ofPatched = then.filter((one) => patched.has(conclusionKey(one)));
  const others = then.filter((one) => !patched.has(conclusionKey(one)));
  const outcome = (...wanted: Conclusion['result']['outcome'][]) =>
    ofPatched.filter(({ result }) => wanted.includes(result.outcome)).map(foreseen);
  return {
    mended: outcome('pass'),
    unmended: outcome('fail'),
    untold: [...outcome('inconclusive', 'error'), ...gone(ofPatched, patched, held)],
    broken: others
      .filter((one) => one.result.outcome === 'fail' && held.get(conclusionKey(one))?.result.outcome !== 'fail')
      .map(foreseen),
  };
}

/** A subject that a patch makes vanish is not mended: nobody looked at it. */
function gone(
  then: readonly Conclusion[],
  patched: ReadonlySet<string>,
  held: ReadonlyMap<string, Conclusion>,
): Foreseen[] {
  const there = new Set(then.map(conclusionKey));
  return [...patched]
    .filter((key) => !there.has(key))
    .flatMap((key) => held.get(key) ?? [])
    .map((one) => ({ ...foreseen(one), message: 'it is no subject of the control any more' }));
}

function foreseen({ control, subject, result }: Conclusion): Foreseen {
  return { control: control.meta.id, subject: subjectId(subject), message: messageOf(result) };
}

function messageOf(result: Conclusion['result']): string {
  switch (result.outcome) {
    case 'pass':
      return result.witness.summary;
    case 'fail':
      return result.findings.map(({ message }) => message).join('; ');
    case 'inconclusive':
      return result.because;
    case 'error':
      return result.cause instanceof Error ? result.cause.message : String(result.cause);
  }
}

async function inCopy<T>(
  { tree, facts }: Pick<Before, 'tree' | 'facts'>,
  files: Readonly<Record<string, string>>,
  work: (copy: FileTree) => Promise<T>,
): Promise<T> {
  const scratch = makeScratch('synth');
  const root = scratch.path;
  try {
    const unread = new Set(tree.files.filter((path) => !(path in files) && !copied(tree, path, root)));
    for (const [path, content] of Object.entries(files)) put(root, path, content);
    // The copy has no links: what is one here is a file of its own there.
    for (const path of tree.files) {
      const content = files[realPath(tree, path)];
      if (content !== undefined) put(root, path, content);
    }
    const copy = openTree(root);
    // What does not come along hides as much as it did.
    const gaps = facts.gaps.filter(({ path }) => unread.has(path));
    return await work({ ...copy, gaps: [...tree.gaps, ...gaps, ...copy.gaps] });
  } finally {
    scratch.dispose();
  }
}

/** What is not read here, a file too large or a pointer of Git LFS, comes along as it is: tools that render stumble over it, or take it. */
function copied(tree: FileTree, path: string, root: string): boolean {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, tree.read(path));
    return true;
  } catch {
    return isCopied(join(tree.root, path), file);
  }
}

function isCopied(from: string, to: string): boolean {
  try {
    copyFileSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function put(root: string, path: string, content: string | Uint8Array): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
