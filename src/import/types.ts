import type { Stage } from '../model/control.ts';
import type { Spec, TrackSpec } from '../model/spec.ts';

export interface SourceFile {
  /** As it is shown and stored in `sources`; nothing is read from it. */
  readonly path: string;
  readonly text: string;
}

/** What a line of a source file became. Every non-blank line has exactly one account. */
export interface LineAccount {
  readonly path: string;
  readonly line: number;
  readonly as: 'item' | 'track' | 'heading' | 'prose' | 'separator' | 'unplaced';
  /** Id of the item or track it belongs to, or the title of the section whose context it is. */
  readonly of?: string;
}

export type ItemKind =
  | 'requirement'
  | 'objective'
  | 'gap'
  | 'default'
  | 'backlog'
  | 'deferred'
  | 'sizing'
  | 'gate'
  | 'sign-off';

export type TrackStatus = NonNullable<TrackSpec['status']>;

export interface EvidenceLink {
  readonly title: string;
  readonly link?: string;
}

/** A control that fits an item, with the words that say so. */
export interface Match {
  readonly control: string;
  readonly score: number;
  readonly because: string;
}

/** A part of an item that has a label of its own (`Why`, `Repo policy`, `Metrics`), or none. */
export interface Note {
  readonly label?: string;
  readonly text: string;
}

/** One requirement, wish, gap or rule of a source document. */
export interface ImportedItem {
  /** `path:line`, with `#2` and so on where one line holds several. */
  readonly id: string;
  readonly kind: ItemKind;
  readonly path: string;
  /** All lines that it came from, ascending. */
  readonly lines: readonly number[];
  readonly title: string;
  /** What must hold: the "Done when" where there is one, else the text. */
  readonly statement: string;
  readonly doneWhen?: string;
  readonly notes: readonly Note[];
  /** Headings above it, outermost first, then the group in the list. */
  readonly section: readonly string[];
  readonly stage?: Stage;
  readonly launch: boolean;
  readonly status?: TrackStatus;
  readonly owner?: string;
  /** As written: a milestone's title or a date. */
  readonly target?: string;
  readonly scope: readonly string[];
  readonly evidence: readonly EvidenceLink[];
  readonly pending: readonly string[];
  /** Controls of the catalog that cover it, best first. */
  readonly matches: readonly Match[];
  /** Controls that may be meant, where none is sure. */
  readonly candidates: readonly Match[];
  /** Id of the control of the user's own that keeps it, where the catalog has none. */
  readonly custom?: string;
}

export interface ImportedTrack {
  readonly id: string;
  readonly title: string;
  /** The number in front of its title, which gate rules refer to. */
  readonly number?: number;
  readonly path: string;
  readonly lines: readonly number[];
  readonly status?: TrackStatus;
  readonly owner?: string;
  readonly target?: string;
  readonly evidence: readonly EvidenceLink[];
  readonly pending: readonly string[];
  /** Ids of the items of its scope. */
  readonly items: readonly string[];
}

/** A role or team that documents name as owner, approver or reviewer. Who holds it is not in the documents. */
export interface ImportedRole {
  readonly id: string;
  readonly title: string;
  readonly places: readonly string[];
}

export interface Unplaced {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly because: string;
}

/** The parts of a spec that an import fills. */
export type SpecParts = Pick<Spec, 'milestones' | 'tracks' | 'controls' | 'deferred'>;

export interface ImportResult {
  readonly files: readonly { readonly path: string; readonly lines: number }[];
  readonly items: readonly ImportedItem[];
  readonly tracks: readonly ImportedTrack[];
  readonly roles: readonly ImportedRole[];
  /** What is new against the existing spec; entries that it has already are left out and named in `remarks`. */
  readonly parts: SpecParts;
  /** A whole spec, valid by its schema: the existing one, or a minimal one, with the parts added. */
  readonly spec: Spec;
  readonly lines: readonly LineAccount[];
  readonly unplaced: readonly Unplaced[];
  /** What somebody should look at: undated milestones, statuses that mean nothing, entries left as they were. */
  readonly remarks: readonly string[];
}
