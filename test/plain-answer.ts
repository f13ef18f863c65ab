import { bindControls } from '../src/engine/bind.ts';
import { subjectId, type AnyControl } from '../src/model/control.ts';
import { isMapping } from '../src/model/cursor.ts';
import { isOrigin } from '../src/model/origin.ts';
import type { PlatformFacts } from '../src/model/platform.ts';

/**
 * What keeps the digest of a query's answer from being exact, each with where it stands: an instance of a class, whose state a digest does
 * not see, and a place under a name that does not end in `origin`, which a comment above it would move.
 */
export function inexactAnswers(facts: PlatformFacts, control: AnyControl): string[] {
  return bindControls(facts, [control]).flatMap(({ subject, answer }) => [...inexact(answer, subjectId(subject))]);
}

function* inexact(value: unknown, where: string): Generator<string> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* inexact(item, `${where}[${index}]`);
  if (!isMapping(value)) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) yield `${where} is no plain data`;
  for (const [key, member] of Object.entries(value)) {
    if (isOrigin(member) && /origin$/i.test(key)) continue;
    if (isOrigin(member) && Object.keys(member).length > 1) yield `${where}.${key} is a place, and is not called so`;
    else yield* inexact(member, `${where}.${key}`);
  }
}
