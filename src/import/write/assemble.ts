import type { ControlMeta } from '../../model/control.ts';
import { type Spec, specSchema } from '../../model/spec.ts';
import { Customs } from './customs.ts';
import { Milestones } from './milestones.ts';
import type { DraftTrack, Reading } from '../read/reading.ts';
import { rolesOf } from './roles.ts';
import type { Settled } from '../match/settle.ts';
import { minimalSpec } from './skeleton.ts';
import { Tracks } from './track-entries.ts';
import type { ImportedItem, ImportedTrack, ImportResult, SourceFile, SpecParts } from '../types.ts';

/** Puts what the documents hold together: items, tracks, and the parts of a spec that say the same. */
export function assemble(
  files: readonly SourceFile[],
  readings: readonly Reading[],
  settled: readonly (readonly Settled[])[],
  catalog: readonly ControlMeta[],
  existing: Spec | undefined,
): ImportResult {
  const remarks: string[] = readings.flatMap((reading) => reading.remarks);
  const customs = new Customs(catalog, existing, remarks);
  const milestones = new Milestones(existing);
  const tracks = new Tracks(existing, milestones, remarks);
  const items: ImportedItem[] = [];
  const imported: ImportedTrack[] = [];
  for (const [index, reading] of readings.entries()) {
    const own = (settled[index] ?? []).map((each) => toItem(each, reading.path, customs));
    const byId = new Map(own.map((item) => [item.id, item]));
    items.push(...own);
    imported.push(...reading.tracks.flatMap((track) => tracks.add(reading.path, track, itemsOf(track, byId)) ?? []));
  }
  const parts: SpecParts = {
    milestones: milestones.added(),
    tracks: tracks.added(),
    controls: customs.added(),
    deferred: deferredOf(items, existing, remarks),
  };
  remarks.push(...milestones.undated());
  return {
    files: files.map((file) => ({ path: file.path, lines: file.text.split(/\r\n|\r|\n/).length })),
    items,
    tracks: imported,
    roles: rolesOf(readings, existing),
    parts,
    spec: withParts(existing ?? minimalSpec(files), parts),
    lines: readings.flatMap((reading) => reading.book.list(reading.path)),
    unplaced: unplacedOf(readings),
    remarks,
  };
}

function toItem({ draft, matches, candidates }: Settled, path: string, customs: Customs): ImportedItem {
  const { trigger, descriptive: _, ...rest } = draft;
  const said = rest.notes.some((note) => note.text === trigger);
  const notes = trigger === undefined || said ? rest.notes : [...rest.notes, { label: 'Trigger', text: trigger }];
  const item: ImportedItem = { ...rest, notes, path, matches, candidates };
  const custom = customs.keep(item);
  return custom === undefined ? item : { ...item, custom };
}

function itemsOf(track: DraftTrack, items: ReadonlyMap<string, ImportedItem>): ImportedItem[] {
  return track.drafts.map((draft) => items.get(draft.id)).filter((item) => item !== undefined);
}

function deferredOf(
  items: readonly ImportedItem[],
  existing: Spec | undefined,
  remarks: string[],
): SpecParts['deferred'] {
  const known = new Set(existing?.deferred.map((entry) => entry.component.toLowerCase()));
  const entries: SpecParts['deferred'] = [];
  for (const item of items) {
    if (item.kind !== 'deferred') continue;
    if (known.has(item.title.toLowerCase())) {
      remarks.push(`${item.id}: “${item.title}” is deferred in the spec already; it was left as it is`);
      continue;
    }
    known.add(item.title.toLowerCase());
    entries.push({ component: item.title, trigger: triggerOf(item) });
  }
  return entries;
}

function triggerOf(item: ImportedItem): string {
  const named = item.notes.find((note) => /trigger|re-?evaluate|revisit|reconsider|unless/i.test(note.label ?? ''));
  return named?.text ?? item.statement;
}

function withParts(spec: Spec, parts: SpecParts): Spec {
  return specSchema.parse({
    ...spec,
    milestones: [...spec.milestones, ...parts.milestones],
    tracks: [...spec.tracks, ...parts.tracks],
    controls: [...spec.controls, ...parts.controls],
    deferred: [...spec.deferred, ...parts.deferred],
  });
}

function unplacedOf(readings: readonly Reading[]): ImportResult['unplaced'] {
  return readings.flatMap((reading) =>
    reading.unplaced.map(({ lines, text, because }) => ({ path: reading.path, line: lines[0] ?? 0, text, because })),
  );
}
