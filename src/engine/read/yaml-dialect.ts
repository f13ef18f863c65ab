import {
  CORE_SCHEMA,
  NOT_RESOLVED,
  Schema,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  mapTag,
  mergeTag,
  nullCoreTag,
  seqTag,
  strTag,
  type TagDefinition,
} from 'js-yaml';

/**
 * How plain scalars are read.
 * `kubernetes`: as sigs.k8s.io/yaml (go-yaml v2) does, so `yes`, `on` and `y` are booleans, `0777` is octal, and a date is a string.
 * `yaml-1.2`: the core schema, so `on:` stays the string GitHub means.
 */
export type YamlDialect = 'kubernetes' | 'yaml-1.2';

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NUMERIC_START = ['-', '+', '.', ...'0123456789'];

const goBool = defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: (source) => (TRUE.has(source) ? true : FALSE.has(source) ? false : NOT_RESOLVED),
  identify: () => false,
});

const goInt = defineScalarTag<number>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: NUMERIC_START.filter((first) => first !== '.'),
  resolve: (source) => goInteger(source) ?? NOT_RESOLVED,
  identify: () => false,
});

const goFloat = defineScalarTag<number>('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: NUMERIC_START,
  resolve: (source, isExplicit) => goNumber(source) ?? (isExplicit ? goInteger(source) : undefined) ?? NOT_RESOLVED,
  identify: () => false,
});

/** `!!binary` becomes the decoded text, as in Go, where a string holds any bytes; bytes that are not UTF-8 become U+FFFD. */
const binaryText = defineScalarTag<string>('tag:yaml.org,2002:binary', {
  resolve: (source) => (isBase64(source) ? Buffer.from(source, 'base64').toString('utf8') : NOT_RESOLVED),
  identify: () => false,
});

/** Tags nobody here knows (`!Ref`, `!vault`, `!!set`) are ignored, as go-yaml ignores them: scalars stay text. */
const unknownTags: readonly TagDefinition[] = ['!', 'tag:'].flatMap((prefix) => [
  defineScalarTag<string>(prefix, { matchByTagPrefix: true, resolve: (source) => source, identify: () => false }),
  defineSequenceTag(prefix, { ...seqTag, matchByTagPrefix: true, identify: () => false }),
  defineMappingTag(prefix, { ...mapTag, matchByTagPrefix: true, addPair, identify: () => false }),
]);

const stringKeys = defineMappingTag('tag:yaml.org,2002:map', { ...mapTag, addPair });

const shared: readonly TagDefinition[] = [stringKeys, mergeTag, binaryText, ...unknownTags];

const SCHEMAS: Readonly<Record<YamlDialect, Schema>> = {
  kubernetes: new Schema([strTag, seqTag, stringKeys, nullCoreTag, goBool, goInt, goFloat, ...shared]),
  'yaml-1.2': CORE_SCHEMA.withTags(...shared),
};

/** The js-yaml schema of a dialect. */
export function schemaOf(dialect: YamlDialect): Schema {
  return SCHEMAS[dialect];
}

/** Keys become strings (`8080:`, `true:`), as on the way to JSON; `null` and collections cannot. */
function addPair(carrier: Record<string, unknown>, key: unknown, value: unknown): string {
  if (key === null) return 'a key is empty or null, expected a string';
  if (typeof key === 'object') return 'a key is a list or a mapping, expected a string';
  return mapTag.addPair(carrier, key, value);
}

/** Go's `strconv.ParseInt(text, 0, 64)` after underscores are dropped; beyond 2^53 the nearest double. */
function goInteger(source: string): number | undefined {
  if (/^[1-9][0-9]{0,14}$/.test(source)) return Number(source);
  if (UNNUMBERED.test(source)) return undefined;
  const text = source.replaceAll('_', '');
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (/^(?:0|[1-9][0-9]*)$/.test(digits)) return withSign(sign, Number(digits));
  if (/^0[xX][0-9a-fA-F]+$/.test(digits)) return withSign(sign, Number.parseInt(digits.slice(2), 16));
  if (/^0[bB][01]+$/.test(digits)) return withSign(sign, Number.parseInt(digits.slice(2), 2));
  if (/^0[oO]?[0-7]+$/.test(digits)) return withSign(sign, Number.parseInt(digits.replace(/^0[oO]?/, ''), 8));
  return undefined;
}

function withSign(sign: number, magnitude: number): number | undefined {
  if (!Number.isFinite(magnitude)) return undefined;
  return magnitude === 0 ? 0 : sign * magnitude;
}

function goNumber(source: string): number | undefined {
  if (UNNUMBERED.test(source)) return undefined;
  const special = /^([-+]?)\.(?:inf|Inf|INF)$/.exec(source);
  if (special) return special[1] === '-' ? -Infinity : Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(source)) return Number.NaN;
  const text = source.startsWith('.') ? source : source.replaceAll('_', '');
  if (!/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** What no number of Go has in it: most of what starts like one, an image's tag or `100m`, is known by that. */
const UNNUMBERED = /[^-+.\w]|[ghj-mp-wyzGHJ-MP-WYZ]/;

function isBase64(source: string): boolean {
  return /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(source);
}
