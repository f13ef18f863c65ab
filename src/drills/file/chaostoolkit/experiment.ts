/**
 * An experiment of Chaos Toolkit as a drill: https://chaostoolkit.org/reference/api/experiment/. Processes and HTTP are taken over, with the
 * tolerances that are numbers or ranges. Whatever else it holds is named, and then nothing is run: an experiment without one of its
 * parts would be another one.
 */
import { z } from 'zod';
import { parseWithSchema } from '../../../engine/load-spec.ts';
import { parseYamlDocuments } from '../../../engine/read/yaml.ts';
import { fileDrillSchema, text as shortText, type FileDrill } from '../schema.ts';
import { activity, boundsOf, doingOf, rollbackOf, type CtkActivity } from './activity.ts';
import { openRefusals, Unsupported } from './refusals.ts';

const reference = z.looseObject({ ref: z.string() });
type MethodItem = CtkActivity | z.infer<typeof reference>;

const experiment = z.looseObject({
  title: shortText,
  description: shortText,
  'steady-state-hypothesis': z.looseObject({ title: z.string().optional(), probes: z.array(activity) }).optional(),
  method: z.array(z.union([activity, reference])),
  rollbacks: z.array(activity).optional(),
});

/** What is taken over at each level, and what says nothing of what is done. */
const KNOWN = {
  experiment: [
    'version',
    'title',
    'description',
    'tags',
    'contributions',
    'steady-state-hypothesis',
    'method',
    'rollbacks',
  ],
  hypothesis: ['title', 'probes'],
  probe: ['type', 'name', 'provider', 'tolerance'],
  methodAction: ['type', 'name', 'provider', 'pauses'],
  methodProbe: ['type', 'name', 'provider', 'pauses', 'tolerance'],
  rollback: ['type', 'name', 'provider'],
} as const;

/** Whether a file looks like an experiment rather than a drill of ours. */
export function isExperiment(text: string, path: string): boolean {
  const { documents } = parseYamlDocuments(text, { dialect: 'yaml-1.2', path });
  const value = documents[0]?.value;
  return typeof value === 'object' && value !== null && 'method' in value && !('apiVersion' in value);
}

/** Throws `usage` for what is malformed, and names each part that cannot be taken over. */
export function fromChaosToolkit(text: string, path: string, name: string): FileDrill {
  const read = parseWithSchema(experiment, text, path, 'usage');
  const { 'steady-state-hypothesis': steady = { probes: [] }, method, rollbacks = [] } = read;
  const refusals = openRefusals(text, path);
  refusals.leftOver([], read, KNOWN.experiment);
  refusals.leftOver(['steady-state-hypothesis'], steady, KNOWN.hypothesis);
  const back = rollbacks.flatMap((one, index) =>
    refusals.take(['rollbacks', index], one, KNOWN.rollback, () => backOf(one)),
  );
  const hypothesis = steady.probes.flatMap((one, index) =>
    refusals.take(['steady-state-hypothesis', 'probes', index], one, KNOWN.probe, () => probeOf(one)),
  );
  const done = method.flatMap((one, index) =>
    refusals.take(['method', index], one, knownOf(one), () => stepsOf(one)).flat(),
  );
  if (hypothesis.length === 0 && refusals.none())
    refusals.add([], 'it has no steady-state hypothesis, so nothing could be told from it');
  refusals.demandNone();
  const drill = fileDrillSchema.safeParse({
    apiVersion: 'launchgate/v1',
    kind: 'Drill',
    name: slug(name),
    title: read.title,
    summary: read.description,
    blastRadius: 'What the experiment says of itself; Chaos Toolkit asks for no more.',
    hypothesis,
    // Newest first is how a journal is undone, and the first rollback comes first in an experiment.
    steps: [...back.toReversed(), ...done, ...hypothesis.map(afterwards)],
  });
  if (drill.success) return drill.data;
  for (const { path: at, message } of drill.error.issues)
    refusals.add([], `as a drill, at ${at.join('.')}: ${message}`);
  throw refusals.error();
}

function backOf(one: CtkActivity) {
  return { name: one.name, pause: '0s', undo: rollbackOf(one) };
}

function probeOf(one: CtkActivity) {
  return { name: one.name, ...doingOf(one), ...boundsOf(one.tolerance), settle: '0s' };
}

/** A question of the steady state, as it is measured at the end of the method. */
function afterwards({ settle: _settle, atLeast, atMost, ...probe }: ReturnType<typeof probeOf>) {
  return {
    ...probe,
    name: `${probe.name}, after the method`,
    measure: { ...(atLeast === undefined ? {} : { atLeast }), ...(atMost === undefined ? {} : { atMost }) },
    undo: 'none',
  };
}

function knownOf(one: MethodItem): readonly string[] {
  if ('ref' in one) return Object.keys(one);
  return one['type'] === 'probe' ? KNOWN.methodProbe : KNOWN.methodAction;
}

function stepsOf(one: MethodItem): unknown[] {
  if (!isActivity(one)) throw new Unsupported('a reference to another activity');
  const { name, type, tolerance, pauses } = one;
  const pause = (given: number | undefined, when: string) =>
    given === undefined || given === 0
      ? []
      : [{ name: `pause ${when} ${name}`, pause: `${Math.round(given * 1000)}ms` }];
  const measured = type === 'probe' ? { measure: tolerance === undefined ? {} : boundsOf(tolerance) } : {};
  return [
    ...pause(pauses?.before, 'before'),
    // Its rollbacks are the experiment's own, noted at its beginning; and a probe is a question, whatever it sends.
    { name, ...doingOf(one), ...measured, undo: 'none' },
    ...pause(pauses?.after, 'after'),
  ];
}

function isActivity(one: MethodItem): one is CtkActivity {
  return !('ref' in one);
}

function slug(name: string): string {
  const plain = name
    .replace(/\.[a-z]+$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return plain === '' ? 'experiment' : plain.slice(0, 100);
}
