import { Cursor, isMapping } from '../../model/cursor.ts';
import type { DataDocument } from '../../model/document.ts';
import type { Leak } from './found.ts';
import { inValue } from './in-workflows.ts';

/** Mappings from names to values, as the systems call them. */
const VARIABLES = new Set(['variables', 'env', 'environment', 'environment_variables']);

/** What a shell runs: a text, or a list of them. */
const SCRIPTS =
  /^(?:script|(?:before|after)_script|(?:before_)?install|before_deploy|after_success|run|commands?|args|bash|pwsh|powershell|inlineScript)$/;

/** Containers that a job starts to test against: of CircleCI those that run it as well. */
const OWN_CONTAINERS = new Set(['services', 'docker']);

/** Variables that make a container of a database what the job wants; GitLab hands them to services and jobs alike. */
const OF_OWN_DATABASE = /^(?:POSTGRES|MYSQL|MARIADB|MONGO|RABBITMQ|MSSQL|REDIS)_/;

/** What the scripts and variables of a pipeline hold that is none of GitHub's, in YAML. */
export function inPipeline({ path, data, origin }: DataDocument): Leak[] {
  return inPart(path, new Cursor(data, origin), 0);
}

function inPart(path: string, part: Cursor, depth: number): Leak[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(part.value)) return part.items().flatMap((item) => inPart(path, item, depth + 1));
  if (!isMapping(part.value)) return [];
  return part.entries().flatMap(([key, at]) => {
    if (OWN_CONTAINERS.has(key)) return [];
    if (VARIABLES.has(key)) return inVariables(path, at);
    return SCRIPTS.test(key) ? inScript(path, at, depth + 1) : inPart(path, at, depth + 1);
  });
}

/** `stages.0.jobs.0.steps.0.inputs.inlineScript` is eight deep. */
const DEEPEST = 12;

/** CircleCI writes `run: { command, environment }`. */
function inScript(path: string, at: Cursor, depth: number): Leak[] {
  if (isMapping(at.value)) return inPart(path, at, depth);
  if (Array.isArray(at.value) && depth <= DEEPEST) return at.items().flatMap((item) => inScript(path, item, depth + 1));
  return inValue(path, '', at);
}

/** A mapping, whose values may be described (`{ value, description }`), or a list of `{ name, value }` or of `NAME=value`. */
function inVariables(path: string, at: Cursor): Leak[] {
  const pairs = isMapping(at.value)
    ? at.entries().map(([name, value]) => [name, isMapping(value.value) ? value.get('value') : value] as const)
    : at
        .items()
        .map((item) => [item.get('name').string() ?? '', isMapping(item.value) ? item.get('value') : item] as const);
  return pairs.filter(([name]) => !OF_OWN_DATABASE.test(name)).flatMap(([name, value]) => inValue(path, name, value));
}
