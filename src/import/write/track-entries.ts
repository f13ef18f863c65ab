import type { Spec, TrackSpec } from '../../model/spec.ts';
import type { Milestones } from './milestones.ts';
import type { DraftTrack } from '../read/reading.ts';
import type { ImportedItem, ImportedTrack, TrackStatus } from '../types.ts';
import { slugOf } from '../match/words.ts';

/** Tracks of the spec, one for each tracker, section or group that asks for something. */
export class Tracks {
  private readonly existing: ReadonlyMap<string, TrackSpec>;
  private readonly taken = new Set<string>();
  private readonly milestones: Milestones;
  private readonly remarks: string[];
  private readonly tracks: TrackSpec[] = [];

  constructor(existing: Spec | undefined, milestones: Milestones, remarks: string[]) {
    this.existing = new Map(existing?.tracks.map((track) => [track.id, track]));
    this.milestones = milestones;
    this.remarks = remarks;
  }

  /** Adds a track; none for a section that asks for nothing. One that the spec has already stays as it is. */
  add(path: string, draft: DraftTrack, items: readonly ImportedItem[]): ImportedTrack | undefined {
    const asked = items.filter((item) => item.kind !== 'deferred' && item.kind !== 'gate');
    if (!draft.tracker && asked.length === 0) return undefined;
    const status = draft.status ?? statusOf(asked);
    const id = this.idOf(path, draft);
    const common = {
      title: draft.title,
      ...(status === undefined ? {} : { status }),
      ...(draft.owner === undefined ? {} : { owner: draft.owner }),
      evidence: draft.evidence,
      pending: draft.pending,
    };
    for (const item of items)
      if (item.target !== undefined && item.target !== draft.target) this.milestones.refer(item.target, item.id);
    const entry = this.entryOf(id, draft, asked, common);
    const known = this.existing.get(id);
    if (known === undefined) this.tracks.push(entry);
    else this.remarks.push(`${path}:${draft.lines[0] ?? 0}: ${leftAsItIs(known, entry)}`);
    return {
      ...common,
      id,
      path,
      lines: draft.lines,
      items: asked.map((item) => item.id),
      ...(draft.number === undefined ? {} : { number: draft.number }),
      ...(draft.target === undefined ? {} : { target: draft.target }),
    };
  }

  added(): TrackSpec[] {
    return this.tracks;
  }

  private entryOf(
    id: string,
    draft: DraftTrack,
    items: readonly ImportedItem[],
    common: Pick<ImportedTrack, 'title' | 'status' | 'owner' | 'evidence' | 'pending'>,
  ): TrackSpec {
    const controls = items.flatMap((item) => [
      ...item.matches.map((match) => match.control),
      ...(item.custom === undefined ? [] : [item.custom]),
    ]);
    return {
      id,
      title: common.title,
      ...(common.status === undefined ? {} : { status: common.status }),
      ...(common.owner === undefined ? {} : { owner: common.owner }),
      ...(draft.target === undefined ? {} : { target: this.milestones.refer(draft.target, id) }),
      scope: items.map((item) => scopeOf(item, draft)),
      controls: [...new Set(controls)],
      evidence: [...common.evidence, ...items.flatMap((item) => item.evidence)],
      pending: [...common.pending, ...items.flatMap((item) => item.pending)],
    };
  }

  private idOf(path: string, draft: DraftTrack): string {
    const base = slugOf(draft.title) || slugOf(`track ${path} ${draft.lines[0] ?? 0}`);
    const stem = slugOf(path.replace(/^.*[/\\]/, '').replace(/\.\w+$/, ''));
    for (let count = 0; ; count += 1) {
      const id = count === 0 ? base : count === 1 ? `${stem}-${base}` : `${stem}-${base}-${count}`;
      if (this.taken.has(id)) continue;
      this.taken.add(id);
      return id;
    }
  }
}

function leftAsItIs(known: TrackSpec, entry: TrackSpec): string {
  const lacking = entry.scope.filter((text) => !known.scope.includes(text));
  const lacks = lacking.length === 0 ? '' : `; its scope lacks ${lacking.map((text) => `“${text}”`).join(', ')}`;
  return `the track “${entry.id}” is in the spec already and was left as it is${lacks}`;
}

/** The status that the boxes of a checklist add up to; none where nothing has a status. */
function statusOf(items: readonly ImportedItem[]): TrackStatus | undefined {
  const statuses = items.map((item) => item.status).filter((status) => status !== undefined);
  if (statuses.length === 0) return undefined;
  if (statuses.length === items.length && statuses.every((status) => status === 'done')) return 'done';
  return statuses.every((status) => status === 'open') ? 'open' : 'in_progress';
}

function scopeOf(item: ImportedItem, track: DraftTrack): string {
  const text = item.doneWhen === undefined ? item.statement : `${item.title} (done when: ${item.doneWhen})`;
  const notes = item.kind === 'sizing' ? item.notes.map((note) => `${note.label ?? 'note'}: ${note.text}`) : [];
  const owner = item.owner !== undefined && item.owner !== track.owner ? [`owner: ${item.owner}`] : [];
  const target = item.target !== undefined && item.target !== track.target ? [`target: ${item.target}`] : [];
  return [text, ...notes, ...owner, ...target].join('; ');
}
