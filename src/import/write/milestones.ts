import type { Spec } from '../../model/spec.ts';
import type { SpecParts } from '../types.ts';
import { slugOf } from '../match/words.ts';
import { dateIn, wholeDate } from './dates.ts';

type Milestone = SpecParts['milestones'][number];

/** Targets as milestones: one for each thing that is waited for, with a date where the text has one. */
export class Milestones {
  private readonly known = new Map<string, Milestone>();
  private readonly fresh: Milestone[] = [];
  private readonly users = new Map<string, string[]>();

  constructor(existing: Spec | undefined) {
    for (const milestone of existing?.milestones ?? []) {
      this.known.set(milestone.name, milestone);
      this.known.set(slugOf(milestone.title), milestone);
    }
  }

  /** What a track's `target` is for a text: a date by itself, else the name of a milestone, made where there is none. */
  refer(target: string, user: string): string {
    const whole = wholeDate(target);
    if (whole !== undefined) return whole;
    const date = dateIn(target);
    if (date !== undefined && target.trim() === date) return date;
    const name = slugOf(target) || 'milestone';
    const milestone = this.known.get(name) ?? this.create(name, target, date);
    const users = this.users.get(milestone.name) ?? [];
    this.users.set(milestone.name, [...users, user]);
    return milestone.name;
  }

  added(): Milestone[] {
    return this.fresh;
  }

  undated(): string[] {
    return [...this.users].flatMap(([name, users]) => {
      const milestone = this.known.get(name);
      if (milestone === undefined || milestone.date !== undefined) return [];
      return [
        `the milestone “${milestone.title}” (${name}) has no date; ${users.length} target${users.length === 1 ? '' : 's'} wait for one`,
      ];
    });
  }

  private create(name: string, title: string, date: string | undefined): Milestone {
    const milestone: Milestone = { name, title, ...(date === undefined ? {} : { date }) };
    this.known.set(name, milestone);
    this.fresh.push(milestone);
    return milestone;
  }
}
