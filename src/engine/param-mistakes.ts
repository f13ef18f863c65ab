import { z } from 'zod';
import { LaunchgateError } from '../model/errors.ts';
import type { Origin, Pointer } from '../model/origin.ts';
import { inputSchema } from './spec/json-schema.ts';
import { mistakesOf, type SpecMistake } from './spec/mistakes.ts';
import { nearest } from './spec/suggest.ts';

type RawParams = Readonly<Record<string, unknown>>;

/** Params that do not fit their control; `origin` is where the spec sets the first of them. */
export class ParamMistakes extends LaunchgateError {
  readonly origin: Origin | undefined;

  constructor(message: string, next: string, origin: Origin | undefined) {
    super('spec-invalid', message, { next });
    this.name = 'ParamMistakes';
    this.origin = origin;
  }
}

/** The names of the params that a control has. */
export function paramNames(params: z.ZodType): string[] {
  return params instanceof z.ZodObject ? Object.keys(params.shape) : [];
}

/**
 * Params that a control does not have. A mistyped name would leave the default in force, and nobody would notice. `next` says which was meant.
 */
export function strangeParams(params: z.ZodType, given: Iterable<string>): { name: string; next: string }[] {
  const known = paramNames(params);
  return [...given].filter((name) => !known.includes(name)).map((name) => ({ name, next: meant(name, known) }));
}

function meant(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'It has none: take it out.';
  const close = nearest(name, known);
  return close === undefined ? `Name one of ${known.join(', ')}.` : `Did you mean ${close}?`;
}

/** Values that do not fit the schema of a control's params, each under its pointer. */
export function valueMistakes(params: z.ZodType, values: RawParams, error: z.ZodError): SpecMistake[] {
  return mistakesOf(error.issues, values, inputSchema(params));
}

/** Puts all mistakes of one control into one error; `originOf` knows where a param was set. */
export function paramMistakes(
  id: string,
  values: readonly SpecMistake[],
  strange: readonly { readonly name: string; readonly next: string }[],
  originOf: (pointer: Pointer) => Origin | undefined,
): ParamMistakes {
  const said = [
    ...strange.map(({ name }) => `it has no param ${JSON.stringify(name)}`),
    ...values.map(({ pointer, message }) => `${pointer.join('.')}: ${message}`),
  ];
  const first = strange[0] === undefined ? (values[0]?.pointer ?? []) : [strange[0].name];
  const next = strange[0]?.next ?? `Run "launchgate controls ${id}" for its params and their meaning.`;
  return new ParamMistakes(`params of ${id}: ${said.join('; ')}`, next, originOf(first));
}
