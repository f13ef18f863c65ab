import type { Stage } from '../../model/control.ts';

/** What a label in front of a value means. */
export type Field =
  | 'status'
  | 'owner'
  | 'target'
  | 'scope'
  | 'evidence'
  | 'pending'
  | 'done-when'
  | 'reviewers'
  | 'goal'
  | 'trigger'
  | 'about';

const FIELD_WORDS: Readonly<Record<Field, readonly string[]>> = {
  status: ['status', 'state', 'progress', 'current status', 'statut'],
  owner: [
    'owner',
    'owners',
    'owned by',
    'responsible',
    'accountable',
    'dri',
    'lead',
    'assignee',
    'team',
    'raci',
    'verantwortlich',
    'zuständig',
    'responsable',
  ],
  target: [
    'target',
    'target date',
    'due',
    'due date',
    'due by',
    'deadline',
    'milestone',
    'eta',
    'timeline',
    'complete by',
    'frist',
    'fällig',
    'fällig am',
    'échéance',
  ],
  scope: ['scope', 'in scope', 'includes', 'deliverables', 'work items', 'tasks', 'checklist'],
  evidence: ['evidence', 'proof', 'artifacts', 'artefacts', 'evidence links', 'links', 'supporting documents'],
  pending: [
    'pending',
    'remaining',
    'outstanding',
    'todo',
    'to do',
    'open items',
    'still open',
    'missing',
    'blockers',
    'blocked by',
    'next steps',
  ],
  'done-when': [
    'done when',
    'done if',
    'definition of done',
    'dod',
    'acceptance',
    'acceptance criteria',
    'accepted when',
    'exit criteria',
    'success criteria',
    'complete when',
    'verified when',
    'verify',
  ],
  reviewers: [
    'reviewedby',
    'reviewed by',
    'reviewers',
    'approvedby',
    'approved by',
    'approvers',
    'sign off',
    'sign-off',
    'signed off by',
    'signoff',
  ],
  goal: ['goal', 'goals', 'purpose', 'aim', 'intent', 'why', 'summary', 'outcome', 'review outcome', 'reviewoutcome'],
  trigger: [
    'trigger',
    're-evaluate when',
    'reevaluate when',
    'revisit when',
    'revisit if',
    'reconsider when',
    'until',
    'trigger gate',
  ],
  // Of the document itself.
  about: ['date', 'author', 'authors', 'deciders', 'decision makers', 'last updated', 'last reviewed'],
};

const FIELDS: ReadonlyMap<string, Field> = new Map(
  Object.entries(FIELD_WORDS).flatMap(([field, words]) => words.map((word) => [word, field as Field] as const)),
);

/** The field that a label names, if it is one people use. */
export function fieldOf(label: string): Field | undefined {
  return FIELDS.get(
    label
      .toLowerCase()
      .replaceAll(/[_\s]+/g, ' ')
      .replace(/\s*\([^)]*\)$/, '')
      .trim(),
  );
}

const NOTHING =
  /^(?:nothing|none|nil|n\/?a|not applicable|[-–—]+)(?: (?:open|pending|left|yet|remaining|outstanding|so far))?[.!]?$/i;

const UNKNOWN = /^(?:tb[acd]|\?+|unknown|to be (?:announced|confirmed|decided|defined|determined))[.!]?$/i;

/** True for a value that says there is none, or none yet: `nothing`, `none yet`, `n/a`, `TBD`. */
export function saysNothing(value: string): boolean {
  return NOTHING.test(value.trim()) || UNKNOWN.test(value.trim());
}

/**
 * What stands under a heading. `context` explains and asks for nothing; `descriptive` describes, and only what the
 * catalog knows is a requirement, as in a `diagram` what it knows by its title; `explicit` lists requirements, so that a bare sentence is one.
 */
export type SectionKind =
  | 'context'
  | 'descriptive'
  | 'diagram'
  | 'explicit'
  | 'gate'
  | 'backlog'
  | 'default'
  | 'deferred'
  | 'gap'
  | 'general';

const SECTION_WORDS: readonly (readonly [SectionKind, RegExp])[] = [
  ['gap', /\b(?:gaps?|recommendations?|findings|action items|shortcomings)\b/i],
  ['deferred', /\b(?:deferred|out of scope|non-goals?|not now|postponed|parked)\b/i],
  [
    'backlog',
    /\b(?:backlog|discussion|ideas|future work|someday|later|nice[- ]to[- ]haves?|wish ?list|parking lot)\b/i,
  ],
  ['default', /\b(?:defaults|cross[- ]cutting|ops notes|conventions|principles|general notes|house rules)\b/i],
  [
    'gate',
    /\b(?:launch gat(?:e|es|ing)|release gat(?:e|es|ing)|go[ /-]*no[ -]?go|gating|launch criteria|non-negotiable)\b/i,
  ],
  [
    'explicit',
    /\b(?:objectives?|criteria|checkpoints?|requirements?|deliverables|methodolog(?:y|ies)|testing|test plan|validation|must[- ]haves?|obligations)\b/i,
  ],
  [
    'context',
    /\b(?:context|problem statement|background|rationale|reasons?|purpose|references?|introduction|overview|glossary|status values|legend|summary|guidance|considered options|options considered|version control|about|table of contents|contents|changelog|revision history)\b/i,
  ],
  [
    'context',
    /\bhow to (?:use|read|fill (?:in|out))(?: (?:this|the) (?:[\w-]+ )?(?:checklist|doc(?:ument)?|file|form|guide|list|page|sheet|table|template|tracker))?\s*[?:]?$/i,
  ],
  ['diagram', /\bdiagrams?\b/i],
  ['descriptive', /\b(?:considerations?|environments?|architecture overview|assumptions|notes|appendix)\b/i],
];

/** The kind that a heading's words give, if they give one. */
export function sectionKindOf(title: string): SectionKind | undefined {
  return SECTION_WORDS.find(([, words]) => words.test(title))?.[0];
}

const STAGE_WORDS: readonly (readonly [Stage, RegExp])[] = [
  ['deferred', /\b(?:deferred|backlog|someday|post-?mvp|later)\b/i],
  ['day-0', /\b(?:day[- ]?(?:0|zero|1|one)|before (?:prod(?:uction)?|launch|go-?live)|pre-?launch|launch day|t-0)\b/i],
  ['week-1', /\b(?:weeks?[- ]?(?:1|one)|first week)\b/i],
  ['weeks-2-3', /\b(?:weeks?[- ]?(?:2|3|4|two|three|four)|first month)\b/i],
  ['months-1-2', /\b(?:months?[- ]?\d|month (?:one|two)|second month)\b/i],
];

/** The stage that a heading or a target names, if it names one. */
export function stageOf(text: string): Stage | undefined {
  return STAGE_WORDS.find(([, words]) => words.test(text))?.[0];
}

const LAUNCH_WORDS =
  /\b(?:required for (?:the )?(?:public )?(?:launch|mvp|ga|go-?live|release|production)|(?:public )?launch (?:requirements|blockers?|gat(?:e|es|ing))|must[- ]haves? (?:for|at) launch|launch-?blocking)\b/i;

/** True when a heading says that the public launch needs what stands under it. */
export function saysLaunch(text: string): boolean {
  return LAUNCH_WORDS.test(text);
}

/** Words that make a bare sentence a requirement. */
export const NORMATIVE =
  /\b(?:must(?! have been)|shall|is required|are required|is mandatory|are mandatory|is blocked unless|blocked until|may not|needs? to be)\b/i;

/** Last words of a short bullet that heads the bullets below it. */
export const GROUP_WORDS =
  /\b(?:work ?streams?|tracks?|areas?|phase(?: \d+)?|epics?|themes?|streams?|pillars?|teams?)$/i;

/** Labels that name an environment rather than a requirement. */
export const ENVIRONMENT_LABEL =
  /^(?:lab|local|dev(?:elopment)?|test|ci|test\/ci|qa|uat|staging|pre-?prod(?:uction)?|staging\/pre-?prod|prod(?:uction)?)(?: environment)?$/i;
