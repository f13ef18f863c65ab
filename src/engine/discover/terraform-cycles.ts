import type { HclBlock } from '../../model/document.ts';
import type { Gap } from '../../model/platform.ts';
import { refused } from '../read/hcl/index.ts';
import type { Call, Module } from './terraform-module.ts';

/**
 * The modules without the calls that close a circle, each of which is a gap: a module that calls itself, be it through others, has no end.
 * A circle is entered where something from outside of it calls it, or else at the first of its folders.
 */
export function cutCycles(modules: ReadonlyMap<string, Module>): ReadonlyMap<string, Module> {
  const closing = closingCalls(modules);
  if (closing.size === 0) return modules;
  return new Map([...modules].map(([folder, module]) => [folder, withoutCalls(module, closing)]));
}

/** Goes through the calls depth first: one that leads back to a folder on the way there closes a circle. */
function closingCalls(modules: ReadonlyMap<string, Module>): ReadonlySet<HclBlock> {
  const closing = new Set<HclBlock>();
  const state = new Map<string, 'under way' | 'done'>();
  const way: { readonly folder: string; readonly left: Call[] }[] = [];
  const enter = (folder: string): void => {
    if (state.has(folder)) return;
    state.set(folder, 'under way');
    way.push({ folder, left: [...(modules.get(folder)?.calls ?? [])] });
  };
  for (const start of entrances(modules)) {
    enter(start);
    for (let here = way.at(-1); here !== undefined; here = way.at(-1)) {
      const call = here.left.pop();
      if (call === undefined) {
        state.set(here.folder, 'done');
        way.pop();
      } else if (state.get(call.folder) === 'under way') closing.add(call.block);
      else enter(call.folder);
    }
  }
  return closing;
}

/** All folders, those that no other calls first. */
function entrances(modules: ReadonlyMap<string, Module>): readonly string[] {
  const called = new Set([...modules.values()].flatMap(({ calls }) => calls.map(({ folder }) => folder)));
  return [...modules.keys()].toSorted((a, b) => Number(called.has(a)) - Number(called.has(b)));
}

function withoutCalls(module: Module, closing: ReadonlySet<HclBlock>): Module {
  const { blocks, gaps, calls } = module;
  return {
    ...module,
    blocks: blocks.map((block) => (closing.has(block) ? refused(block) : block)),
    gaps: [...gaps, ...calls.filter(({ block }) => closing.has(block)).map(endless)],
    calls: calls.filter(({ block }) => !closing.has(block)),
  };
}

function endless({ block: { labels, origin }, folder }: Call): Gap {
  return {
    ...origin,
    reason: `module ${labels[0] ?? ''} calls ${folder === '.' ? 'the root folder' : folder} from within itself, which never ends`,
    fix: 'Take the call out: a module cannot call itself.',
    hides: ['terraform'],
  };
}
