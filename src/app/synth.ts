import type { Patch } from '../model/control.ts';
import { canonicalJson } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { applyPatches } from '../engine/patch/index.ts';
import { patchesOf, type SynthesizedPatch } from '../engine/synth.ts';
import { openProject, type CheckOptions } from './check.ts';
import { demandKnown } from './known-controls.ts';
import { readPlatform } from './judge.ts';
import type { Project } from './project.ts';

/** Patches of every control that has any, with the files as they would be. */
export interface Synthesis {
  readonly patches: readonly SynthesizedPatch[];
  /** Path -> content, changed and new files only. */
  readonly files: Readonly<Record<string, string>>;
  /** Patches that could not be placed in a source without touching more than they mean to. */
  readonly refused: readonly { readonly control: string; readonly subject: string; readonly reason: string }[];
}

/** Works out the missing artifacts against the sources that own them. Writes nothing. */
export async function synthesize(project: Project, options: CheckOptions): Promise<Synthesis> {
  if (options.controls !== undefined) await demandKnown(options.controls);
  const tree = openProject(project);
  const { facts, owner } = await readPlatform(tree, project, options);
  const { controls } = await import('../controls/catalog.ts');
  const wanted = controls.filter(({ meta }) => options.controls === undefined || options.controls.includes(meta.id));
  const candidates = wanted
    .filter(({ meta }) => !(facts.provisional && meta.about === 'people'))
    .flatMap((control) => patchesOf(facts, control, options.floors));
  const patches: SynthesizedPatch[] = [];
  const refused: { control: string; subject: string; reason: string }[] = [];
  const added = new Map<string, string>();
  let files: Record<string, string> = {};
  for (const candidate of candidates) {
    const clash = clashOf(candidate.patch, added);
    if (clash === 'same') continue;
    if (clash !== undefined) {
      refused.push({ control: candidate.control, subject: candidate.subject, reason: clash });
      continue;
    }
    try {
      files = applyPatches(tree, [candidate.patch], owner, files);
      patches.push(candidate);
    } catch (error) {
      if (!(error instanceof LaunchgateError)) throw error;
      refused.push({ control: candidate.control, subject: candidate.subject, reason: error.message });
    }
  }
  return { patches, files, refused };
}

/**
 * Each control works out its patches against the sources as they are. What two of them add alike is added once; an object that they want
 * to be different waits until the first is there and the second has looked again.
 */
function clashOf(patch: Patch, added: Map<string, string>): string | undefined {
  if (patch.op !== 'add-object') return undefined;
  const { kind, metadata } = patch.object as { kind?: string; metadata?: { name?: string; namespace?: string } };
  const id = `${kind} ${metadata?.namespace ?? 'default'}/${metadata?.name}`;
  const content = canonicalJson(patch.object);
  const before = added.get(id);
  added.set(id, before ?? content);
  if (before === undefined) return undefined;
  return before === content ? 'same' : `another patch adds ${id} with other content: apply that, then run synth again`;
}
