import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckReport } from '../model/report.ts';
import { bindControls } from '../engine/bind.ts';
import { namedSubjects, unreadSubjects } from '../engine/run.ts';
import { judgementsOf } from '../engine/report.ts';
import { reviewedCommits } from '../gate/authorship.ts';
import { decide } from '../gate/decide.ts';
import { findGate } from '../gate/gates.ts';
import type { Binding, GateInput } from '../gate/input.ts';
import { snapshotAt } from '../gate/replay.ts';
import { walkLedger, type Trust } from '../gate/trust.ts';
import { subjectId, type AnyControl } from '../model/control.ts';
import { LaunchgateError } from '../model/errors.ts';
import { policyParams } from '../model/policy.ts';
import type { PlatformFacts } from '../model/platform.ts';
import type { Candidate, Choices, Decision } from '../model/report.ts';
import { verifyWith } from '../ledger/envelope.ts';
import { artifactsOf, candidateOf, pinSource, type PinnedSource } from './candidate.ts';
import { checkProject, openProject, type Checked } from './check.ts';
import { gateControls } from './gate-controls.ts';
import type { LedgerView } from './ledger.ts';
import { paramsFor } from './params-for.ts';
import type { Project } from './project.ts';

export interface DecideOptions {
  readonly gate: string;
  /** The ledger as it was read and checked against what is pinned. */
  readonly ledger: LedgerView;
  readonly environment?: string;
  /** For `promote`: the environment it starts from. */
  readonly from?: string;
  /** Replay: decide as of then. */
  readonly at?: string;
  readonly now: Date;
  /** A candidate that was made earlier; must equal the one made now. */
  readonly expected?: Candidate;
  readonly render?: boolean;
  /** Believe pinned renders where a tool is missing: only for sources that you trust as you trust yourself. */
  readonly trustPins?: boolean;
}

/** A decision, with what it was made of. */
export interface Decided {
  readonly decision: Decision;
  readonly input: GateInput;
  readonly trust: Trust;
  readonly facts: PlatformFacts;
  readonly report: CheckReport;
}

/** Decides a gate about the commit that is checked out. Everything that can be recomputed is; the rest comes from the ledger. */
export async function decideGate(project: Project, options: DecideOptions): Promise<Decided> {
  const source = await pinSource(project);
  try {
    return await decideAbout(source, options);
  } finally {
    source.dispose();
  }
}

async function decideAbout(source: PinnedSource, options: DecideOptions): Promise<Decided> {
  const { ledger, now } = options;
  const snapshot =
    options.at === undefined
      ? { entries: ledger.entries, size: ledger.size, at: now }
      : snapshotAt(ledger.entries, options.at, now);
  const trust = walkLedger(snapshot.entries, ledger.pinned.policyRoot, verifyWith);
  const { policy } = trust.policy;
  const { catalog, controls } = await import('../controls/catalog.ts');
  const gate = findGate(policy, options.gate, {
    catalog,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.from === undefined ? {} : { from: options.from }),
  });
  const floors = policyParams(policy);
  const readIn = (environment: string): Promise<Checked> =>
    checkProject(source.project, {
      environment,
      floors,
      pins: options.trustPins === true ? 'fallback' : 'never',
      ...(options.render === undefined ? {} : { render: options.render }),
    });
  const checked = await readIn(gate.environment);
  const { facts, report } = checked;
  if (options.environment !== undefined) demandOwnName(facts, options.environment);
  const candidate = candidateOf(source, facts, report.platform.digest);
  demandExpected(candidate, options.expected);
  demandKnownOrigin(facts, options.from);
  const elsewhere = await Promise.all(
    gate.evidenceFrom.filter((name) => facts.spec.environments.some((one) => one.name === name)).map(readIn),
  );
  const reviewed = reviewedCommits(trust.evidence, policy, gate);
  const authors = await source.authorsSince(reviewed);
  const own = bindControls(facts, controls, floors);
  const paramsOf = paramsFor(facts, controls, own, openProject(source.project), floors);
  const input: GateInput = {
    gate,
    trust,
    candidate,
    ...choicesOf(options),
    ...(source.unpinned === undefined ? {} : { unpinned: source.unpinned }),
    authorship: { reviewed, ...(authors === undefined ? {} : { authors }) },
    spec: facts.spec,
    controls: gateControls(catalog, controls, facts.spec, paramsOf),
    expected: expectedSubjects(controls, checked),
    judgements: judgementsOf(checked.run, checked.rowsFor),
    bindings: [
      ...bindingsOf(facts, own),
      ...elsewhere.flatMap((one) => bindingsOf(one.facts, bindControls(one.facts, controls, floors, false))),
    ],
    artifacts: artifactsOf(facts),
    links: linksOf(source.project, facts),
    ledger: { size: snapshot.size, root: await ledger.rootAt(snapshot.size) },
    at: snapshot.at,
    replay: options.at !== undefined,
  };
  return { decision: decide(input), input, trust, facts, report };
}

function choicesOf({ from, trustPins }: DecideOptions): { choices?: Choices } {
  if (from === undefined && trustPins !== true) return {};
  return {
    choices: { ...(from === undefined ? {} : { from }), ...(trustPins === true ? { pinnedRenders: true } : {}) },
  };
}

/** A check knows production when it is asked for prod; a decision is for the environment of the name that it says. */
function demandOwnName({ environment }: PlatformFacts, asked: string): void {
  if (environment.name === asked) return;
  throw new LaunchgateError('usage', `no environment is called ${asked}`, {
    next: `Name ${environment.name} with --environment, if that is meant.`,
  });
}

function demandKnownOrigin({ spec }: PlatformFacts, from: string | undefined): void {
  const known = spec.environments.map(({ name }) => name);
  if (from === undefined || known.includes(from)) return;
  throw new LaunchgateError('usage', `no environment is called ${from}`, {
    next: `Name one of ${known.join(', ')} with --from.`,
  });
}

function demandExpected(candidate: Candidate, expected: Candidate | undefined): void {
  if (expected === undefined || expected.digest === candidate.digest) return;
  throw new LaunchgateError(
    'refused',
    `the candidate file names ${expected.digest}, and what is checked out is ${candidate.digest}`,
    {
      next: 'Check out the commit that the candidate names, or make the candidate again.',
    },
  );
}

/** The subjects each control must hold for: what it names, the platform for a control of the user's own, and each deployable nobody could look at. */
function expectedSubjects(controls: readonly AnyControl[], { facts, run }: Checked): Map<string, string[]> {
  const unchecked = controls.filter(({ check }) => check === undefined);
  const expected = new Map<string, string[]>();
  const add = (control: string, subject: string): void =>
    void expected.set(control, [...(expected.get(control) ?? []), subject]);
  for (const { control, subject } of namedSubjects(facts, controls)) add(control.meta.id, subjectId(subject));
  for (const { control, subject } of unreadSubjects(facts, unchecked)) add(control.meta.id, subjectId(subject));
  for (const { control, subject } of run.conclusions)
    if (subject.kind === 'deployable') add(control.meta.id, subjectId(subject));
  for (const { id } of facts.spec.controls) add(id, `platform/${facts.spec.name}`);
  return expected;
}

function bindingsOf(facts: PlatformFacts, bound: ReturnType<typeof bindControls>): Binding[] {
  return bound.map(({ control, subject, input, params, paramOrigins, unread }) => ({
    environment: facts.environment.name,
    control: control.meta.id,
    subject: subjectId(subject),
    input,
    params,
    version: control.meta.version,
    paramOrigins,
    ...(unread === undefined ? {} : { unread }),
  }));
}

/** Links of tracks that lead to a file of the candidate. Addresses are not fetched: a candidate does not choose what CI talks to. */
function linksOf(project: Project, facts: PlatformFacts): Map<string, boolean> {
  const tree = openProject(project);
  const links = facts.spec.tracks.flatMap((track) => track.evidence.flatMap(({ link }) => link ?? []));
  return new Map(links.map((link) => [link, resolvesIn(tree.root, tree.files, link)]));
}

function resolvesIn(root: string, files: readonly string[], link: string): boolean {
  const path = link.split('#')[0] ?? '';
  if (path === '' || path.includes('..') || /^[a-z][a-z0-9+.-]*:/i.test(path)) return false;
  return (
    files.includes(path) ||
    (path.endsWith('/*') && files.some((file) => file.startsWith(path.slice(0, -1)))) ||
    liesBelow(root, path)
  );
}

/** Whether there is something of that name in the candidate: neither the candidate itself, nor what a link leads out to. */
function liesBelow(root: string, path: string): boolean {
  const file = join(root, path);
  return existsSync(file) && realpathSync(file).startsWith(`${realpathSync(root)}/`);
}
