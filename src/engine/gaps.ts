import type { Subject } from '../model/control.ts';
import type { SourceClass } from '../model/document.ts';
import type { Gap, PlatformFacts } from '../model/platform.ts';

/** Gaps of a platform, with what is needed to tell which subjects each one touches. */
export interface GapIndex {
  readonly gaps: readonly Gap[];
  /** Deployables that a subject's own objects come from, by subject id; subjects without one are touched by every gap. */
  readonly homes: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface HiddenParts {
  readonly all: readonly Gap[];
  /** Gaps that may hide something about this subject. */
  touching(subject: Subject): readonly Gap[];
  /** Per unread deployable (or file outside of any): what was not read. Subjects that live only there are unknown. */
  readonly unread: ReadonlyMap<string, readonly Gap[]>;
}

export function indexGaps(facts: PlatformFacts): GapIndex {
  const homes = new Map<string, ReadonlySet<string>>();
  for (const service of facts.services) {
    if (service.workloads.length === 0) continue;
    homes.set(`service/${service.name}`, new Set(service.workloads.map((workload) => workload.object.deployable)));
  }
  return { gaps: facts.gaps, homes };
}

/**
 * The gaps that matter to a control that reads these classes. A gap inside a deployable touches the subjects that live in it
 * and those that live in none; every gap is reported once more on its own, because what it hides may be a subject nobody knows.
 * One about a single subject touches that subject, and where it lies in a deployable those that live in none.
 */
export function gapsFor(index: GapIndex, reads: readonly SourceClass[]): HiddenParts {
  const relevant = index.gaps.filter((gap) => gap.hides.some((hidden) => reads.includes(hidden)));
  const shared = relevant.filter((gap) => gap.subject === undefined);
  const own = Map.groupBy(relevant, (gap) => gap.subject);
  const everywhere = relevant.filter((gap) => gap.subject === undefined || gap.deployable !== undefined);
  return {
    all: relevant,
    touching: (subject) => {
      if (relevant.length === 0) return relevant;
      const id = `${subject.kind}/${subject.name}`;
      const mine = own.get(id) ?? [];
      const home = index.homes.get(id);
      if (home === undefined) return [...new Set([...everywhere, ...mine])];
      return [...mine, ...shared.filter((gap) => gap.deployable !== undefined && home.has(gap.deployable))];
    },
    unread: Map.groupBy(shared, (gap) => gap.deployable ?? gap.path),
  };
}

/** Unread sources that the reason of a conclusion names. */
const NAMED_GAPS = 3;

/** Names the first of them; the report lists every one, once. All of them in each row would make a report grow with their square. */
export function inWords(gaps: readonly Gap[]): string {
  const left = gaps.length - NAMED_GAPS;
  const named = gaps.slice(0, NAMED_GAPS).map(sentence).join(' ');
  return left > 0 ? `${named} And ${left} more.` : named;
}

function sentence({ path, line, reason, subject }: Gap): string {
  if (subject === undefined) return `${path} could not be read: ${reason}.`;
  return `${line === undefined ? path : `${path}:${line}`}: ${reason}.`;
}
