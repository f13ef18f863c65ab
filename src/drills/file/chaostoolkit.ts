/**
 * An experiment of Chaos Toolkit as a drill: https://chaostoolkit.org/reference/api/experiment/. Processes and HTTP are taken over, with the
 * tolerances that are numbers or ranges. Whatever else it holds is named, and then nothing is run: an experiment without one of its
 * parts would be another one.
 */
import { z } from 'zod';
import { parseWithSchema } from '../../engine/load-spec.ts';
import { parseYamlDocuments } from '../../engine/read/yaml.ts';
import { LaunchgateError } from '../../model/errors.ts';
import { fileDrillSchema, type Activity, type FileDrill } from './schema.ts';

const provider = z.looseObject({ type: z.string() });
const pauses = z.looseObject({
  before: z.number().nonnegative().optional(),
  after: z.number().nonnegative().optional(),
});
const activity = z.looseObject({
  type: z.enum(['action', 'probe']),
  name: z.string().min(1),
  provider,
  tolerance: z.unknown().optional(),
  pauses: pauses.optional(),
  background: z.boolean().optional(),
});
type CtkActivity = z.infer<typeof activity>;

const experiment = z.looseObject({
  title: z.string().min(1),
  description: z.string().min(1),
  'steady-state-hypothesis': z.looseObject({ title: z.string().optional(), probes: z.array(activity) }).optional(),
  method: z.array(z.union([activity, z.looseObject({ ref: z.string() })])),
  rollbacks: z.array(activity).optional(),
});

/** Members that say nothing of what is done. */
const ASIDE: ReadonlySet<string> = new Set([
  'version',
  'title',
  'description',
  'tags',
  'contributions',
  'steady-state-hypothesis',
  'method',
  'rollbacks',
]);

/** Whether a file looks like an experiment rather than a drill of ours. */
export function isExperiment(text: string, path: string): boolean {
  const { documents } = parseYamlDocuments(text, { dialect: 'yaml-1.2', path });
  const value = documents[0]?.value;
  return typeof value === 'object' && value !== null && 'method' in value && !('apiVersion' in value);
}

/** Throws `usage` for what is malformed, and names each part that cannot be taken over. */
export function fromChaosToolkit(text: string, path: string, name: string): FileDrill {
  const read = parseWithSchema(experiment, text, path, 'usage');
  const unsupported: string[] = Object.entries(read)
    .filter(([key, value]) => !ASIDE.has(key) && !isEmpty(value))
    .map(([key]) => key);
  const take = <T>(where: string, make: () => T): T[] => {
    try {
      return [make()];
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      unsupported.push(`${where}: ${error.message}`);
      return [];
    }
  };
  const probes = read['steady-state-hypothesis']?.probes ?? [];
  const rollbacks = (read.rollbacks ?? []).flatMap((one, index) =>
    take(`rollbacks[${index}] "${one.name}"`, () => ({ name: one.name, activity: activityOf(one) })),
  );
  const hypothesis = probes.flatMap((one, index) =>
    take(`steady-state-hypothesis.probes[${index}] "${one.name}"`, () => ({
      name: one.name,
      ...activityOf(one),
      ...boundsOf(one.tolerance),
      settle: '0s',
    })),
  );
  const method = read.method.flatMap((one, index) =>
    take(`method[${index}]`, () => stepsOf(one as CtkActivity)).flat(),
  );
  if (hypothesis.length === 0 && unsupported.length === 0)
    unsupported.push('it has no steady-state hypothesis, so nothing could be told from it');
  if (unsupported.length > 0)
    throw new LaunchgateError('usage', `${path} holds what cannot be run here:\n  ${unsupported.join('\n  ')}`, {
      next: 'Write it as a drill of Launchgate (see docs/drills.md), or run it with chaos.',
    });
  return fileDrillSchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Drill',
    name: slug(name),
    title: read.title,
    summary: read.description,
    blastRadius: 'What the experiment says of itself; Chaos Toolkit asks for no more.',
    hypothesis,
    steps: [
      // Newest first is how a journal is undone, and the first rollback comes first in an experiment.
      ...rollbacks.toReversed().map((one) => ({ name: one.name, pause: '0s', undo: one.activity })),
      ...method,
      ...hypothesis.map(({ settle: _settle, atLeast, atMost, ...probe }) => ({
        ...probe,
        name: `${probe.name}, after the method`,
        measure: { ...(atLeast === undefined ? {} : { atLeast }), ...(atMost === undefined ? {} : { atMost }) },
      })),
    ],
  });
}

class Unsupported extends Error {}

function stepsOf(one: CtkActivity): unknown[] {
  if ('ref' in one) throw new Unsupported('a reference to another activity');
  if (one.background === true) throw new Unsupported(`"${one.name}" runs in the background`);
  const pause = (seconds: number | undefined, when: string) =>
    seconds === undefined || seconds === 0 ? [] : [{ name: `pause ${when} ${one.name}`, pause: `${seconds * 1000}ms` }];
  const measured = one.type === 'probe' ? { measure: one.tolerance === undefined ? {} : boundsOf(one.tolerance) } : {};
  return [
    ...pause(one.pauses?.before, 'before'),
    // Its rollbacks are the experiment's own, noted at its beginning.
    { name: one.name, ...activityOf(one), ...measured, ...(one.type === 'action' ? { undo: 'none' } : {}) },
    ...pause(one.pauses?.after, 'after'),
  ];
}

function activityOf({ provider: given }: CtkActivity): Activity {
  switch (given.type) {
    case 'process':
      return { command: { run: argvOf(given), value: 'exit' } };
    case 'http':
      return { http: httpOf(given) };
    default:
      throw new Unsupported(
        `provider ${given.type}${typeof given['module'] === 'string' ? ` (${given['module']})` : ''}`,
      );
  }
}

const processProvider = z.strictObject({
  type: z.literal('process'),
  path: z.string(),
  arguments: z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string())]).default([]),
  timeout: z.unknown().optional(),
});

/** Arguments in one string would need a shell to be taken apart. */
function argvOf(given: unknown): string[] {
  const parsed = processProvider.safeParse(given);
  if (!parsed.success) throw new Unsupported(`its process: ${issueOf(parsed.error)}`);
  const { path, arguments: args } = parsed.data;
  demandPlain(parsed.data);
  return [
    path,
    ...(Array.isArray(args)
      ? args
      : Object.entries(args).flatMap(([key, value]) => (value === '' ? [key] : [key, value]))),
  ];
}

const httpProvider = z.strictObject({
  type: z.literal('http'),
  url: z.string(),
  method: z.string().default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  timeout: z.unknown().optional(),
});

function httpOf(given: unknown): NonNullable<Activity['http']> {
  const parsed = httpProvider.safeParse(given);
  if (!parsed.success) throw new Unsupported(`its http: ${issueOf(parsed.error)}`);
  demandPlain(parsed.data);
  const { url, method, headers } = parsed.data;
  return { url, method: method.toUpperCase() as 'GET', headers, value: 'status' };
}

function demandPlain(value: unknown): void {
  if (JSON.stringify(value).includes('${')) throw new Unsupported('it uses ${…} of configuration or secrets');
}

const range = z.looseObject({ type: z.literal('range'), range: z.tuple([z.number(), z.number()]) });

function boundsOf(tolerance: unknown): { readonly atLeast?: number; readonly atMost?: number } {
  if (typeof tolerance === 'number') return { atLeast: tolerance, atMost: tolerance };
  const parsed = range.safeParse(tolerance);
  if (parsed.success) return { atLeast: parsed.data.range[0], atMost: parsed.data.range[1] };
  throw new Unsupported(`the tolerance ${JSON.stringify(tolerance)}, expected a number or a range`);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'malformed' : `${issue.path.join('.')} ${issue.message}`;
}

function slug(name: string): string {
  const plain = name
    .replace(/\.[a-z]+$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return plain === '' ? 'experiment' : plain.slice(0, 100);
}
