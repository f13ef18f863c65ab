import { subjectId, type AnyControl, type Patch } from '../model/control.ts';
import { canonicalJson } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Origin } from '../model/origin.ts';
import type { Gap, PlatformFacts } from '../model/platform.ts';
import type { FileTree } from '../model/world.ts';
import type { PolicyFloors } from '../engine/params.ts';
import { applyPatches } from '../engine/patch/index.ts';
import { unjudgedParams } from '../engine/stray-params.ts';
import { synthesisOf, type SynthesizedPatch, type Withheld } from '../engine/synth.ts';
import { openProject, type CheckOptions } from './check.ts';
import { demandKnown } from './known-controls.ts';
import { readPlatform } from './judge.ts';
import type { Project } from './project.ts';
import { provePatches, type PatchProof } from './prove-patches.ts';
import { realPath } from './real-place.ts';
import { sharedFiles, type SharedFile } from './shared-files.ts';
import { withPlace } from './with-place.ts';

/** Patches of every control that has any, with the files as they would be. */
export interface Synthesis {
  readonly patches: readonly SynthesizedPatch[];
  /** Path -> content, changed and new files only. */
  readonly files: Readonly<Record<string, string>>;
  /** Patches that could not be placed in a source without touching more than they mean to. */
  readonly refused: readonly Withheld[];
  /** What is left to be done by hand, and why. */
  readonly withheld: readonly Withheld[];
  /** What the patches lead to, rendered and judged; `undefined` without any. */
  readonly proof?: PatchProof;
  /** Sources that these controls read and that could not be read: what is missing there is not known. */
  readonly unread: readonly Gap[];
  /** Files that other environments are made of too: the patches change those as well, and were judged for the chosen one only. */
  readonly elsewhere: readonly SharedFile[];
}

/** Works out the missing artifacts against the sources that own them. Writes nothing. */
export async function synthesize(project: Project, options: CheckOptions): Promise<Synthesis> {
  if (options.controls !== undefined) await demandKnown(options.controls);
  const tree = openProject(project);
  const { facts, discovery, owner } = await readPlatform(tree, project, options);
  const { isShared, renderedValue } = await import('../engine/trace/index.ts');
  const sources = {
    owner,
    rendered: (origin: Origin) => renderedValue(discovery, origin),
    shared: (origin: Origin) => isShared(discovery, origin),
    real: (path: string) => realPath(tree, path),
  };
  const { controls } = await import('../controls/catalog.ts');
  const wanted = controls.filter(
    ({ meta, synth }) => synth !== undefined && (options.controls === undefined || options.controls.includes(meta.id)),
  );
  const found = wanted
    .filter(({ meta }) => !(facts.provisional && meta.about === 'people'))
    .map((control) => synthesisOf(facts, control, options.floors));
  const candidates = found.flatMap((one) => one.patches);
  const withheld = found.flatMap((one) => one.withheld);
  const patches: SynthesizedPatch[] = [];
  const refused = [...withoutParams(facts, wanted, tree, options.floors)];
  const added = new Map<string, string>();
  let files: Record<string, string> = {};
  for (const [first, ...rest] of bySubject(candidates)) {
    const { control, subject } = first;
    const together = [first, ...rest].filter(({ patch }) => !isAdded(patch, added));
    try {
      for (const { patch } of together) demandNoClash(patch, added);
      files = applyPatches(
        tree,
        together.map(({ patch }) => patch),
        sources,
        files,
      );
    } catch (error) {
      if (!(error instanceof LaunchgateError)) throw error;
      refused.push({ control, subject, reason: error.message });
      continue;
    }
    for (const { patch } of together) remember(patch, added);
    patches.push(...together);
  }
  const reads = new Set(wanted.flatMap(({ meta }) => meta.reads));
  const unread = facts.gaps.filter(({ hides }) => hides.some((kind) => reads.has(kind)));
  const written = withByteOrderMarks(tree, files);
  const elsewhere = sharedFiles(discovery.deployables, facts.environment.name, Object.keys(files));
  if (patches.length === 0) return { patches, files: written, refused, withheld, unread, elsewhere };
  const patched = new Set(patches.map(({ control, subject }) => `${control} ${subject}`));
  const proof = await provePatches(project, { tree, facts, controls, patched }, written, options);
  return { patches, files: written, refused, withheld, proof, unread, elsewhere };
}

/** A control whose params do not fit has judged nothing: that it has no patch says nothing either. */
function* withoutParams(
  facts: PlatformFacts,
  controls: readonly AnyControl[],
  tree: FileTree,
  floors: PolicyFloors | undefined,
): Generator<Withheld> {
  for (const { control, subject, result } of unjudgedParams(facts, controls, [], floors)) {
    const cause = result.outcome === 'error' ? withPlace(result.cause, tree) : undefined;
    if (cause instanceof Error) yield { control: control.meta.id, subject: subjectId(subject), reason: cause.message };
  }
}

/** What one control wants of one subject is done as a whole or not at all: half of it may be worse than nothing. */
function bySubject(candidates: readonly SynthesizedPatch[]): [SynthesizedPatch, ...SynthesizedPatch[]][] {
  const groups = Map.groupBy(candidates, ({ control, subject }) => `${control} ${subject}`);
  return [...groups.values()].flatMap(([first, ...rest]) => (first === undefined ? [] : [[first, ...rest]]));
}

/** Objects that patches add: their content by what names them. */
type Added = Map<string, string>;

/** Each control works out its patches against the sources as they are. What two of them add alike is added once. */
function isAdded(patch: Patch, added: Added): boolean {
  return patch.op === 'add-object' && added.get(nameOf(patch.object)) === canonicalJson(patch.object);
}

/** An object that two controls want to be different waits until the first is there and the second has looked again. */
function demandNoClash(patch: Patch, added: Added): void {
  if (patch.op !== 'add-object' || !added.has(nameOf(patch.object))) return;
  throw new LaunchgateError(
    'internal',
    `another patch adds ${nameOf(patch.object)} with other content: apply that, then run synth again`,
  );
}

function remember(patch: Patch, added: Added): void {
  if (patch.op === 'add-object') added.set(nameOf(patch.object), canonicalJson(patch.object));
}

function nameOf(object: Readonly<Record<string, unknown>>): string {
  const { kind, metadata } = object as { kind?: string; metadata?: { name?: string; namespace?: string } };
  return `${kind} ${metadata?.namespace ?? 'default'}/${metadata?.name}`;
}

/** Readers drop a byte order mark; a file that has one keeps it. */
function withByteOrderMarks(tree: FileTree, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, hasByteOrderMark(tree, path) ? `\uFEFF${content}` : content]),
  );
}

function hasByteOrderMark(tree: FileTree, path: string): boolean {
  return tree.has(path) && Buffer.from(tree.read(path).subarray(0, 3)).equals(BYTE_ORDER_MARK);
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
