/** What of an experiment cannot be taken over. All of it is told at once, each part with its place. */
import { locator } from '../../../engine/locate.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import type { Pointer } from '../../../model/origin.ts';

/** Thrown for a part of an activity. `at` leads to it from the activity. */
export class Unsupported extends Error {
  readonly at: Pointer;

  constructor(message: string, at: Pointer = []) {
    super(message);
    this.name = 'Unsupported';
    this.at = at;
  }
}

interface Refusals {
  none(): boolean;
  add(at: Pointer, message: string): void;
  /** Each member that is neither known nor empty. */
  leftOver(at: Pointer, value: object, known: readonly string[]): void;
  /** What `make` makes of an activity; nothing where it, or a member of it that is not known, is refused. */
  take<T>(at: Pointer, activity: object, known: readonly string[], make: () => T): T[];
  /** Throws `usage`. */
  demandNone(): void;
  error(): LaunchgateError;
}

export function openRefusals(text: string, path: string): Refusals {
  const place = locator(text);
  const lines: string[] = [];
  return { none: () => lines.length === 0, add, leftOver, take, demandNone, error };

  function add(at: Pointer, message: string): void {
    const found = place(0, at);
    lines.push(`${path}${found === undefined ? '' : `:${found.line}:${found.column}`}: ${message}`);
  }

  function leftOver(at: Pointer, value: object, known: readonly string[], of = ''): void {
    for (const [key, member] of Object.entries(value))
      if (!known.includes(key) && !isEmpty(key, member)) add([...at, key], `${of}${key}`);
  }

  function take<T>(at: Pointer, activity: object, known: readonly string[], make: () => T): T[] {
    const of = `${named(at, activity)}: `;
    leftOver(at, activity, known, of);
    try {
      return [make()];
    } catch (cause) {
      if (!(cause instanceof Unsupported)) throw cause;
      add([...at, ...cause.at], `${of}${cause.message}`);
      return [];
    }
  }

  function demandNone(): void {
    if (lines.length > 0) throw error();
  }

  function error(): LaunchgateError {
    return new LaunchgateError('usage', `${path} holds what cannot be run here:\n  ${lines.join('\n  ')}`, {
      next: 'Write it as a drill of Launchgate (see docs/drills.md), or run it with chaos.',
    });
  }
}

/** `method[0] "stop the cache"` */
function named(at: Pointer, activity: object): string {
  const where = at.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  const name = 'name' in activity ? ` "${String(activity.name)}"` : '';
  return `${where.slice(1)}${name}`;
}

/** Members that say nothing. */
function isEmpty(key: string, value: unknown): boolean {
  if (key === 'background' && value === false) return true;
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
