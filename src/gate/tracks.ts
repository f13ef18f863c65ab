import type { TrackRequirement } from '../model/policy.ts';
import type { RequirementState, TrackState } from '../model/report.ts';
import type { Spec, TrackSpec } from '../model/spec.ts';
import type { Block } from './blocks.ts';
import { isOpen } from './half-state.ts';
import { matchTrack } from './requirements.ts';

/** What the state of a track is read from. */
export interface TrackQuestion {
  readonly spec: Spec;
  readonly required: readonly TrackRequirement[];
  /** Ids of a required track's controls. */
  readonly controlsOf: (track: TrackRequirement) => readonly string[];
  /** States of all subjects of a control, required or not. */
  readonly statesOf: (control: string) => readonly RequirementState[];
  readonly links: ReadonlyMap<string, boolean>;
  readonly at: Date;
}

export interface TrackAnswer {
  readonly tracks: readonly TrackState[];
  readonly blocks: readonly Block[];
  readonly notes: readonly string[];
}

interface Facts {
  readonly states: readonly RequirementState[];
  readonly timeline: { readonly ok: boolean; readonly because: string };
  readonly evidence: number;
  readonly broken: readonly string[];
}

/** Derives the status of every track from its controls and evidence, and what the gate's tracks still lack. */
export function judgeTracks(question: TrackQuestion): TrackAnswer {
  const tracks: TrackState[] = [];
  const blocks: Block[] = [];
  const notes: string[] = [];
  const matched = new Set<TrackSpec>();
  for (const required of question.required) {
    const own = matchTrack(required, question.spec.tracks);
    if (own !== undefined) matched.add(own);
    const facts = factsOf(own, question.controlsOf(required), question);
    const state = stateOf(own ?? { id: required.id, title: required.title }, facts);
    tracks.push(state);
    const because = shortfall(required, own, state, facts);
    if (because !== undefined) blocks.push(block(required, own, because));
  }
  for (const own of question.spec.tracks) {
    if (!matched.has(own)) tracks.push(stateOf(own, factsOf(own, own.controls, question)));
  }
  for (const { id, declared, derived, because } of tracks) {
    if (declared !== undefined && declared !== derived) {
      notes.push(`track ${id} is declared ${declared}, and the evidence says ${derived}: ${because}`);
    }
  }
  return { tracks, blocks, notes: [...notes, ...undated(question.spec)] };
}

/** `done`: every control satisfied. `in_progress`: an owner, a target and a piece of evidence. Waived is not done. */
function stateOf(
  own: Pick<TrackSpec, 'id' | 'title'> & Partial<TrackSpec>,
  { states, evidence, timeline, broken }: Facts,
): TrackState {
  const open = states.filter(({ state }) => state !== 'satisfied' && state !== 'excluded');
  const lacks = [
    ...(own.owner === undefined ? ['an owner'] : []),
    ...(own.target === undefined ? ['a target'] : []),
    ...(evidence === 0 ? ['evidence'] : []),
  ];
  const derived = states.length > 0 && open.length === 0 ? 'done' : lacks.length === 0 ? 'in_progress' : 'open';
  const because = [
    states.length === 0
      ? 'it names no control'
      : `${states.length - open.length} of ${states.length} requirements satisfied`,
    ...(lacks.length === 0 || derived === 'done' ? [] : [`it lacks ${lacks.join(', ')}`]),
    ...(timeline.ok || derived === 'done' ? [] : [timeline.because]),
    ...broken.map((link) => `evidence ${link} does not resolve`),
  ].join('; ');
  return {
    id: own.id,
    title: own.title,
    ...(own.owner === undefined ? {} : { owner: own.owner }),
    ...(own.target === undefined ? {} : { target: own.target }),
    derived,
    ...(own.status === undefined ? {} : { declared: own.status }),
    because,
  };
}

function factsOf(own: TrackSpec | undefined, controls: readonly string[], question: TrackQuestion): Facts {
  const states = controls.flatMap(question.statesOf);
  const links = (own?.evidence ?? []).flatMap(({ link }) => (link === undefined ? [] : [link]));
  const broken = links.filter((link) => question.links.get(link) !== true);
  const logged = states.filter(({ evidence }) => evidence.length > 0).length;
  return { states, timeline: timelineOf(own, question), evidence: links.length - broken.length + logged, broken };
}

function timelineOf(own: TrackSpec | undefined, { spec, at }: TrackQuestion): Facts['timeline'] {
  if (own?.target === undefined) return { ok: false, because: 'it has no target' };
  const milestone = spec.milestones.find(({ name, title }) => name === own.target || title === own.target);
  const date = milestone?.date ?? (/^\d{4}-\d{2}-\d{2}$/.test(own.target) ? own.target : undefined);
  if (date === undefined) return { ok: false, because: `its target "${own.target}" has no date` };
  const overdue = Date.parse(`${date}T23:59:59Z`) < at.getTime();
  return { ok: true, because: overdue ? `its target ${date} has passed` : `due ${date}` };
}

/** What a required track lacks. One whose controls are merely waived counts as done here, and is still shown as not done. */
function shortfall(
  { atLeast }: TrackRequirement,
  own: TrackSpec | undefined,
  { derived }: TrackState,
  { states, timeline, evidence, broken }: Facts,
): string | undefined {
  if (derived === 'done') return undefined;
  if (atLeast === 'done') {
    if (states.length > 0 && states.every(({ state }) => isOpen(state))) return undefined;
    return `it is ${derived}, done is required`;
  }
  const lacks = [
    ...(own === undefined ? ['an entry in the spec'] : []),
    ...(own?.owner === undefined ? ['an owner'] : []),
    ...(timeline.ok ? [] : [`a dated timeline (${timeline.because})`]),
    ...(evidence === 0 ? ['evidence that resolves'] : []),
    ...broken.map((link) => `a working link in place of ${link}`),
  ];
  return lacks.length === 0 ? undefined : `it must be at least in progress and lacks ${lacks.join(', ')}`;
}

function block(required: TrackRequirement, own: TrackSpec | undefined, because: string): Block {
  const next =
    required.atLeast === 'done'
      ? `Satisfy the controls of track ${required.title}.`
      : `Give track ${required.title} an owner, a dated target and evidence that resolves in launchgate.yaml.`;
  return {
    code: required.atLeast === 'done' ? 'track-not-done' : 'track-not-under-way',
    because: `track ${required.title}: ${because}`,
    next,
    ...(own?.owner === undefined ? {} : { owner: own.owner }),
  };
}

function undated({ milestones }: Spec): string[] {
  return milestones.filter(({ date }) => date === undefined).map(({ title }) => `milestone "${title}" has no date`);
}
