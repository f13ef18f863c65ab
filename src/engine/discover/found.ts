import type { Deployable, Gap } from '../../model/platform.ts';
import { environmentOf, environmentOfPath } from './environment.ts';
import type { LeftOut } from './discovery.ts';
import { isWithin } from './paths.ts';

/** What one finder answers. */
export interface Found {
  readonly deployables: readonly Deployable[];
  readonly leftOut: readonly LeftOut[];
  readonly gaps: readonly Gap[];
}

export const NOTHING_FOUND: Found = { deployables: [], leftOut: [], gaps: [] };

/** The environment members of a deployable. */
export type Recognised = Pick<Deployable, 'environment' | 'environmentFrom'>;

/** Recognises the environment from the first clue that speaks of one; each clue says what it is, for people. */
export function recognise(clues: readonly { what: string; text: string | undefined; path?: boolean }[]): Recognised {
  for (const { what, text, path } of clues) {
    if (text === undefined) continue;
    if (path === true) {
      const found = environmentOfPath(text);
      if (found !== undefined) return { environment: found.name, environmentFrom: `${what} ${found.part}` };
      continue;
    }
    const found = environmentOf(text);
    if (found !== undefined) return { environment: found.name, environmentFrom: `${what} ${text}` };
  }
  return {};
}

/** Found by its own folder, and not named by an application, a pipeline or the spec. */
export function declaresItself({ id, path, declaredBy }: Deployable): boolean {
  if (id.startsWith('foreign:')) return false;
  return path === '.' || isWithin(path, declaredBy);
}

/** Joins the answers of several finders. */
export function join(parts: readonly Found[]): Found {
  return {
    deployables: parts.flatMap((part) => part.deployables),
    leftOut: parts.flatMap((part) => part.leftOut),
    gaps: parts.flatMap((part) => part.gaps),
  };
}

/** As found, with ids that nobody has yet, which `taken` learns: what comes second under an id gets a number behind it, as do its gaps. */
export function numbered(found: Found, taken: Set<string>): Found {
  const renamed = new Map<string, string>();
  const deployables = found.deployables.map((deployable) => {
    let { id } = deployable;
    for (let count = 2; taken.has(id); count += 1) id = `${deployable.id.replace(/#\d+$/, '')}#${count}`;
    taken.add(id);
    renamed.set(deployable.id, id);
    return { ...deployable, id };
  });
  const gaps = found.gaps.map((gap) => {
    const id = gap.deployable === undefined ? undefined : renamed.get(gap.deployable);
    return id === undefined ? gap : { ...gap, deployable: id };
  });
  return { ...found, deployables, gaps };
}
