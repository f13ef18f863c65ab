import { Cursor, isMapping } from '../../model/cursor.ts';
import type { DataDocument } from '../../model/document.ts';
import { credentialKind, type Kind, type Named } from './credential.ts';
import { inText, text, type Leak } from './found.ts';
import { strengthOf } from './names.ts';

/** Mappings from names to values that a workflow or an action hands on. */
const HANDED_ON = new Set(['env', 'with', 'secrets']);

/** What the scripts, variables and inputs of a workflow or an action of GitHub hold. */
export function inWorkflow({ path, data, origin }: DataDocument): Leak[] {
  return inPart(path, new Cursor(data, origin), 0);
}

function inPart(path: string, part: Cursor, depth: number): Leak[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(part.value)) return part.items().flatMap((item) => inPart(path, item, depth + 1));
  if (!isMapping(part.value)) return [];
  return part.entries().flatMap(([key, at]) => {
    const members = isMapping(at.value) ? at.entries() : [];
    // The ids of jobs are anybody's choice: one may be called `services`.
    if (key === 'jobs') return members.flatMap(([, job]) => inPart(path, job, depth + 2));
    // Databases and the like that live no longer than the job.
    if (key === 'services') return [];
    if (key === 'run') return inValue(path, '', at);
    return HANDED_ON.has(key)
      ? members.flatMap(([name, value]) => inValue(path, name, value))
      : inPart(path, at, depth + 1);
  });
}

/** `jobs.NAME.steps.0.env` is four deep. */
const DEEPEST = 8;

/** What a value of a workflow or a pipeline holds; under no name it is a script. */
export function inValue(path: string, name: string, at: Cursor): Leak[] {
  const value = text(at).replaceAll(OWN_DATABASE, '://').replaceAll(MASKS, '');
  return inText(path, { name, value }, at, { judge });
}

/**
 * A workflow starts what it tests against, and makes up passwords for it. So plain words count as such under any name, what says that it
 * is for a test does, and default passwords do.
 */
function judge(named: Named): Kind | undefined {
  const { name, value, strength = strengthOf(name) } = named;
  const kind = credentialKind({ ...named, strength: strength === 'sure' ? 'likely' : strength });
  const isOfTests = kind === 'a default password' || (kind === 'a credential by its name' && isForTests(value));
  return isOfTests ? undefined : kind;
}

/** `test-key-of-32-characters`, `ci_secret`. */
function isForTests(value: string): boolean {
  return (
    /^[\w-]{1,80}$/.test(value) &&
    /(?:^|[_-])(?:ci|dev|(?:test|fake|mock|insecure|local)[a-z]*\d*)(?:[_-]|$)/i.test(value)
  );
}

/** The login of a connection string to this machine, or to a host whose name has no dot: one of the job's own containers. */
const OWN_DATABASE = /:\/\/[^\s/@"']*@(?=(?:127\.0\.0\.1|\[::1\]|[\w-]+)(?:[:/?\s"']|$))/g;

/** What keeps the word after it out of the logs. */
const MASKS = '::add-mask::';
