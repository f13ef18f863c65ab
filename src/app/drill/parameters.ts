/** `--param k=v` as the drill's own schema wants it. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { nearest } from '../../engine/spec/suggest.ts';
import type { AnyDrill } from '../../model/drill/drill.ts';
import { LaunchgateError } from '../../model/errors.ts';

/** A setting of a run, for `drill list` and mistakes. */
export interface ParameterNote {
  readonly name: string;
  readonly type: string;
  readonly default?: unknown;
  readonly description?: string;
}

interface Property {
  /** Several for a union of plain types. */
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
}

/** The parameters that a drill has. */
export function parametersOf(drill: Pick<AnyDrill, 'parameters'>): ParameterNote[] {
  return Object.entries(propertiesOf(drill)).map(([name, { type, enum: options, default: value, description }]) => ({
    name,
    type: options === undefined ? typeInWords(type) : options.join(', '),
    ...(value === undefined ? {} : { default: value }),
    ...(description === undefined ? {} : { description }),
  }));
}

/** Parses what was given for one drill; keys that it does not have are left to {@link demandUsed}. Throws `usage` for a value that does not fit. */
export function parseParameters(
  id: string,
  drill: Pick<AnyDrill, 'parameters'>,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const properties = propertiesOf(drill);
  const raw = Object.fromEntries(
    Object.entries(given).flatMap(([name, text]) => {
      const property = properties[name];
      return property === undefined ? [] : [[name, typed(text, property)]];
    }),
  );
  const parsed = drill.parameters.safeParse(raw);
  if (parsed.success) return (parsed.data ?? {}) as Readonly<Record<string, unknown>>;
  throw new LaunchgateError('usage', `--param of ${id}: ${z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ')}`, {
    next: `Run "launchgate drill list ${id}" for its parameters.`,
  });
}

/** Those that are not as they are by default. */
export function changedParameters(
  drill: Pick<AnyDrill, 'parameters'>,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const defaults = parseParameters('drill', drill, {});
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => !isDeepStrictEqual(value, defaults[name])),
  );
}

/** Throws `usage` for a parameter that none of the drills has. */
export function demandUsed(
  drills: readonly Pick<AnyDrill, 'parameters'>[],
  given: Readonly<Record<string, string>>,
): void {
  const known = [...new Set(drills.flatMap((drill) => Object.keys(propertiesOf(drill))))];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const close = nearest(unknown, known);
  throw new LaunchgateError(
    'usage',
    `no drill that was asked for has a parameter ${unknown}${close === undefined ? '' : `; did you mean ${close}?`}`,
    { next: known.length === 0 ? 'They have none.' : `Use one of ${known.toSorted().join(', ')}.` },
  );
}

function propertiesOf({ parameters }: Pick<AnyDrill, 'parameters'>): Readonly<Record<string, Property>> {
  const schema = z.toJSONSchema(parameters, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, Property>;
  };
  return schema.properties ?? {};
}

function typeInWords(type: Property['type']): string {
  if (type === undefined) return 'value';
  return typeof type === 'string' ? type : type.join(' or ');
}

function typed(text: string, { type }: Property): unknown {
  if ((type === 'number' || type === 'integer') && text.trim() !== '') return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (type === 'array') return text.split(',').filter(Boolean);
  return text;
}
