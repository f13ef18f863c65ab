/** The number of an activity, for whoever measures by it. What is no number is no data, and never 0. */
import { CannotTell } from '../../model/drill/drill.ts';
import { perform, type Came, type World } from './perform.ts';
import type { Activity } from './schema.ts';

/** Does it and answers its number. Rejects with CannotTell where there is none. */
export async function ask(activity: Activity, world: World): Promise<number> {
  return numberOf(await perform(activity, world));
}

function numberOf({ value, said }: Came): number {
  const number = isNumeric(value) ? Number(value) : NaN;
  if (Number.isFinite(number)) return number;
  throw new CannotTell(`${said} ${shown(value)}, which is no number`);
}

/** Others have a number only by JavaScript's rules, by which an empty list is 0. */
function isNumeric(value: unknown): value is number | bigint | boolean | string | Date {
  if (typeof value === 'string') return value.trim() !== '';
  return ['number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Date;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'object' || value === '' ? JSON.stringify(value) : String(value);
  return text.slice(0, 100);
}
