import type { Digest } from '../model/digest.ts';
import type { Decision, RequirementState } from '../model/report.ts';
import { baselineFacts, baselineInForce, weakenings, type Weakening } from './baseline.ts';
import type { Block } from './blocks.ts';
import { breakGlassInForce, type OpenGlass } from './break-glass.ts';
import { candidateFaults } from './candidate.ts';
import { clockFaults } from './clock.ts';
import { CaseBook, sealOf, type Case } from './cases.ts';
import { ExceptionBook, type Granted } from './exceptions.ts';
import { isOpen } from './half-state.ts';
import { keyOf, memberOf, NO_SUBJECT, type GateControl, type GateInput } from './input.ts';
import { Owners } from './owners.ts';
import { HUMAN_PREDICATES } from './predicates.ts';
import { restore, rule, type Court, type Ruling } from './requirement-state.ts';
import { matchTrack, requirementsOf, trackControls, type Requirements } from './requirements.ts';
import { judgeSignOffs } from './sign-offs.ts';
import { judgeTracks, type TrackAnswer } from './tracks.ts';

/**
 * Decides a gate for a candidate. Pure: the same input gives the same decision, to the byte. GO only when every requirement
 * is satisfied, excluded or waived, every track far enough, every sign-off given, and nothing blocks the whole.
 */
export function decide(input: GateInput): Decision {
  const catalog = new Map(input.controls.map((control) => [control.meta.id, control]));
  const requirements = requirementsOf(input.gate, catalog, input.spec);
  const book = new CaseBook(input);
  const cases = requirements.required.flatMap((requirement) => book.of(requirement));
  const standing = compareWithLastGo(input, catalog, requirements);
  const seal = sealOf(input, cases, standing.demands);
  const signOffs = signOffsFor(input, seal);
  const court = courtOf(input, signOffs.for, standing.loosened);
  const rulings = cases.map((one) => rule(one, court));
  const states = [...rulings.map(({ state }) => state), ...standing.lost, ...unknownControls(requirements)];
  const tracks = tracksOf(input, catalog, states, book, court);
  const glass = breakGlassOf(input);
  const blocks: Block[] = [
    ...candidateFaults(input.candidate, input.gate.environment, input.unpinned),
    ...clockFaults(input),
    ...emptiness(requirements, states),
    ...standing.blocks,
    ...signOffs.blocks,
    ...tracks.blocks,
  ];
  const waivers = grantedBy(rulings);
  const go = blocks.length === 0 && states.every(({ state }) => isOpen(state));
  return {
    apiVersion: 'launchgate/v1',
    kind: 'Decision',
    gate: input.gate.name,
    environment: input.gate.environment,
    verdict: go ? 'GO' : 'NO-GO',
    at: input.at.toISOString(),
    replay: input.replay ?? false,
    candidate: input.candidate,
    ...(input.choices === undefined ? {} : { choices: input.choices }),
    policy: policyOf(input),
    ledger: input.ledger,
    seal,
    requirements: states.sort(byControl),
    tracks: tracks.tracks,
    blocks,
    waivers: waivers.map(shownWaiver),
    ...(glass.open === undefined ? {} : { breakGlass: shownGlass(glass.open) }),
    notes: [...tracks.notes, ...glass.refused, ...refusedActs(input)],
    inputs: inputsOf(states, [...signOffs.used, ...standing.evidence, ...(glass.open?.evidence ?? [])]),
  };
}

interface Standing {
  readonly demands: unknown;
  readonly loosened: ReadonlyMap<string, Weakening>;
  readonly lost: readonly RequirementState[];
  readonly blocks: readonly Block[];
  readonly evidence: readonly Digest[];
}

/** Holds the description to what the last GO of this environment recorded. */
function compareWithLastGo(
  input: GateInput,
  catalog: ReadonlyMap<string, GateControl>,
  { required }: Requirements,
): Standing {
  const { policy } = input.trust.policy;
  const demands = baselineFacts(input);
  const last = baselineInForce(input.trust, input.gate.environment);
  const found = last === undefined ? [] : weakenings(last.baseline.facts, demands, policy.floors);
  const needed = new Set(required.map(({ control }) => control.meta.id));
  const evidence = last === undefined ? [] : [last.evidence.digest];
  const loosened = new Map<string, Weakening>();
  const lost: RequirementState[] = [];
  const blocks: Block[] = [];
  const gone = new Set<string>();
  const owner = policy.owners.persons.join(', ');
  for (const weakening of found) {
    const { control, subject, because } = weakening;
    const meta = control === undefined ? undefined : catalog.get(control)?.meta;
    if (control === undefined || subject === undefined) {
      blocks.push({ code: 'weakened', because, next: restore(input.gate.name, policy), owner });
    } else if (meta === undefined) {
      gone.add(control);
    } else if (memberOf(demands.subjects, control)?.includes(subject) === true) {
      loosened.set(keyOf(control, subject), weakening);
    } else if (needed.has(control)) {
      const { stage } = meta;
      lost.push({
        control,
        subject,
        state: 'weakened',
        because,
        owner,
        next: restore(input.gate.name, policy),
        evidence,
        stage,
      });
    }
  }
  for (const control of gone) {
    const because = `control ${control} was part of the last GO and is gone`;
    blocks.push({ code: 'weakened', because, next: restore(input.gate.name, policy), owner });
  }
  return { demands, loosened, lost, blocks, evidence };
}

function signOffsFor(input: GateInput, seal: Digest) {
  const { gate, trust, candidate, authorship, at } = input;
  const { versions, evidence } = trust;
  const { policy } = trust.policy;
  return judgeSignOffs({ gate, policy, versions, candidate, authorship, seal, at, evidence });
}

function courtOf(
  { gate, trust, spec, at }: GateInput,
  signOffs: Court['signOffs'],
  loosened: Court['loosened'],
): Court {
  const { policy } = trust.policy;
  const owners = new Owners(spec);
  for (const track of gate.tracks) {
    const own = matchTrack(track, spec.tracks);
    if (track.source !== undefined) owners.addSource(track.source, own?.id ?? track.id, own?.owner);
  }
  const exceptions = (kind: 'waiver' | 'exclusion') => new ExceptionBook(kind, trust, gate.environment, at);
  return {
    gate: gate.name,
    policy,
    spec,
    owners,
    waivers: exceptions('waiver'),
    exclusions: exceptions('exclusion'),
    signOffs,
    loosened,
  };
}

/** Tracks are judged on the states of their controls; those the gate does not require are judged for this alone. */
function tracksOf(
  input: GateInput,
  catalog: ReadonlyMap<string, GateControl>,
  states: readonly RequirementState[],
  book: CaseBook,
  court: Court,
): TrackAnswer {
  const known = Map.groupBy(states, ({ control }) => control);
  const statesOf = (id: string): readonly RequirementState[] => {
    const required = known.get(id);
    if (required !== undefined) return required;
    const control = catalog.get(id);
    if (control === undefined) return [unknownControl(id)];
    const judged = book.of({ control, halves: control.meta.halves }).map((one: Case) => rule(one, court).state);
    known.set(id, judged);
    return judged;
  };
  return judgeTracks({
    spec: input.spec,
    required: input.gate.tracks,
    controlsOf: (track) => trackControls(track, catalog, input.spec),
    statesOf,
    links: input.links ?? new Map(),
    at: input.at,
  });
}

function breakGlassOf({ gate, trust, candidate, at }: GateInput) {
  return breakGlassInForce(trust.evidence, trust.policy.policy, gate, candidate, at);
}

function unknownControls({ unknown }: Requirements): RequirementState[] {
  return unknown.map(unknownControl);
}

function unknownControl(control: string): RequirementState {
  return {
    control,
    subject: NO_SUBJECT,
    state: 'missing',
    because: `no control is called ${control}`,
    next: `Correct the name ${control} where the policy or the spec uses it.`,
    evidence: [],
    stage: 'day-0',
  };
}

/** A gate that asks for nothing, or whose selector matches nothing, proves nothing. */
function emptiness({ empty }: Requirements, states: readonly RequirementState[]): Block[] {
  const blocks: Block[] = empty.map((selector) => ({
    code: 'selector-empty',
    because: `the gate requires ${selector}, which matches no control`,
    next: 'Correct the selector in the policy.',
  }));
  if (states.length > 0) return blocks;
  return [
    ...blocks,
    { code: 'nothing-required', because: 'the gate requires nothing', next: 'Add requirements to the gate.' },
  ];
}

function policyOf({ trust }: GateInput): Decision['policy'] {
  return { version: trust.policy.policy.version, digest: trust.policy.digest, root: trust.root };
}

function grantedBy(rulings: readonly Ruling[]): Granted[] {
  return [...new Set(rulings.flatMap(({ waiver }) => (waiver === undefined ? [] : [waiver])))];
}

function shownWaiver({ control, subject, reason, approver, until }: Granted): Decision['waivers'][number] {
  return { control, subject: subject ?? NO_SUBJECT, reason, approver, expires: new Date(until).toISOString() };
}

function shownGlass({ reason, persons, expires }: OpenGlass): NonNullable<Decision['breakGlass']> {
  return { reason, persons, expires };
}

/** Acts of persons that the trust walk refused: no requirement would name them otherwise. */
function refusedActs({ trust }: GateInput): string[] {
  return trust.rejected
    .filter(({ predicateType, control }) => HUMAN_PREDICATES.has(predicateType) || control === undefined)
    .map(({ index, predicateType, because }) => `entry ${index} (${predicateType}) is refused: ${because}`);
}

function inputsOf(states: readonly RequirementState[], others: readonly Digest[]): Digest[] {
  const all = new Set(others);
  for (const { evidence } of states) for (const digest of evidence) all.add(digest);
  return [...all].sort();
}

function byControl(a: RequirementState, b: RequirementState): number {
  if (a.control !== b.control) return a.control < b.control ? -1 : 1;
  return a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0;
}
