import type { Stage } from '../../model/control.ts';
import type { Footnote } from '../repair/footnotes.ts';
import type { LineBook } from './book.ts';
import type { EvidenceLink, ItemKind, Note, TrackStatus } from '../types.ts';
import { saysNothing, type SectionKind } from './vocabulary.ts';

/** An item as it is read, before it is matched. */
export interface Draft {
  readonly id: string;
  readonly kind: ItemKind;
  readonly lines: readonly number[];
  readonly title: string;
  readonly statement: string;
  readonly doneWhen?: string;
  readonly notes: readonly Note[];
  readonly section: readonly string[];
  readonly stage?: Stage;
  readonly launch: boolean;
  readonly status?: TrackStatus;
  readonly owner?: string;
  readonly target?: string;
  readonly trigger?: string;
  readonly scope: readonly string[];
  readonly evidence: readonly EvidenceLink[];
  readonly pending: readonly string[];
  /** Stands where things are described: an item only if the catalog knows its title or its text, else context. */
  readonly descriptive?: 'by title' | 'by text';
}

/** What a reader knows of an item; the rest follows from where it stands. */
export type DraftParts = Pick<Draft, 'lines' | 'title' | 'statement'> & Partial<Omit<Draft, 'id' | 'section'>>;

/** A track as it is read: a tracker's entry, or a section or group whose items belong together. */
export interface DraftTrack {
  readonly title: string;
  readonly lines: number[];
  number?: number;
  status?: TrackStatus;
  owner?: string;
  target?: string;
  readonly evidence: EvidenceLink[];
  readonly pending: string[];
  readonly drafts: Draft[];
  /** Written as a tracker, with fields of its own; kept even without items. */
  tracker: boolean;
}

/** Where in a document a reader is. */
export interface Context {
  readonly kind: SectionKind;
  readonly headings: readonly string[];
  readonly stage?: Stage;
  readonly launch: boolean;
  readonly track: DraftTrack;
}

/** What reading one document has gathered so far. */
export interface Reading {
  readonly path: string;
  readonly book: LineBook;
  readonly drafts: Draft[];
  readonly tracks: DraftTrack[];
  /** Roles by the text they were found in. */
  readonly roles: { readonly text: string; readonly line: number }[];
  readonly unplaced: { readonly lines: readonly number[]; readonly text: string; readonly because: string }[];
  readonly remarks: string[];
  readonly footnotes: readonly Footnote[];
  /** How many items begin on a line. */
  readonly perLine: Map<number, number>;
}

const KIND_OF_SECTION: Partial<Readonly<Record<SectionKind, ItemKind>>> = {
  gap: 'gap',
  backlog: 'backlog',
  default: 'default',
  deferred: 'deferred',
  explicit: 'objective',
  gate: 'gate',
};

/** Adds an item to the reading and to the track it stands in. Its lines are accounted for once it is matched. */
export function addDraft(reading: Reading, context: Context, parts: DraftParts): void {
  const named = withWords(parts);
  if (named === undefined) {
    addProse(reading, context, parts.lines);
    return;
  }
  const first = parts.lines[0] ?? 0;
  const base = `${reading.path}:${first}`;
  const same = reading.perLine.get(first) ?? 0;
  reading.perLine.set(first, same + 1);
  const kind = parts.kind ?? KIND_OF_SECTION[context.kind] ?? 'requirement';
  const draft: Draft = {
    scope: [],
    evidence: [],
    pending: [],
    launch: context.launch && kind !== 'backlog' && kind !== 'deferred',
    ...stageOfDraft(kind, context),
    ...parts,
    ...named,
    notes: [...(parts.notes ?? []), ...footnotesOf(reading, parts.lines)],
    kind,
    id: same === 0 ? base : `${base}#${same + 1}`,
    section: context.headings,
    lines: [...new Set(parts.lines)].sort((a, b) => a - b),
  };
  reading.drafts.push(draft);
  context.track.drafts.push(draft);
  const ownOwner = draft.owner !== context.track.owner;
  if (draft.owner !== undefined && ownOwner) reading.roles.push({ text: draft.owner, line: first });
}

/** What an item says by way of a footnote. */
function footnotesOf({ footnotes }: Reading, lines: readonly number[]): Note[] {
  const own = footnotes.filter(({ text, from }) => text !== '' && lines.some((line) => from.has(line)));
  return own.map(({ text }) => ({ label: 'Footnote', text }));
}

/** A title and a statement with words in them; none for what is only signs. */
function withWords(parts: DraftParts): { title: string; statement: string } | undefined {
  const texts = [parts.title, parts.statement, ...(parts.notes ?? []).map((note) => note.text), ...(parts.scope ?? [])];
  const spoken = texts.filter((text) => /[\p{L}\p{N}]/u.test(text));
  const [first] = spoken;
  if (first === undefined) return undefined;
  const title = spoken.includes(parts.title) ? parts.title : first;
  return { title, statement: spoken.includes(parts.statement) ? parts.statement : title };
}

function stageOfDraft(kind: ItemKind, context: Context): { stage?: Stage } {
  if (kind === 'backlog' || kind === 'deferred') return { stage: 'deferred' };
  return context.stage === undefined ? {} : { stage: context.stage };
}

/** A track for what stands under a heading or in a group. */
export function openTrack(reading: Reading, title: string, lines: readonly number[]): DraftTrack {
  const named = title.trim() === '' ? `${reading.path}:${lines[0] ?? 1}` : title;
  const track: DraftTrack = {
    title: named,
    lines: [...lines],
    evidence: [],
    pending: [],
    drafts: [],
    tracker: false,
  };
  reading.tracks.push(track);
  return track;
}

/** Context and explanation: kept with its section, and no requirement. */
export function addProse(reading: Reading, context: Context, lines: readonly number[]): void {
  reading.book.claim(lines, 'prose', context.headings.at(-1) ?? reading.path);
}

/** Says of a status that means none of the three that it was left out; nothing of one that says there is none. */
export function remarkOnStatus(reading: Reading, line: number, status: string, title: string): void {
  if (saysNothing(status)) return;
  reading.remarks.push(
    `${reading.path}:${line}: the status “${status}” of “${title}” is none of open, in progress, done; it was left out`,
  );
}

/** What no reader knows what to do with: named in the result, so that somebody looks. */
export function addUnplaced(reading: Reading, lines: readonly number[], text: string, because: string): void {
  reading.book.claim(lines, 'unplaced');
  reading.unplaced.push({ lines, text, because });
}
