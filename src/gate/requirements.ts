import { STAGES, type ControlMeta, type Half } from '../model/control.ts';
import type { GateDefinition, GateSelector, TrackRequirement } from '../model/policy.ts';
import type { Spec, TrackSpec } from '../model/spec.ts';
import type { GateControl } from './input.ts';

/** A control that a gate asks for, and which of its halves. */
export interface Requirement {
  readonly control: GateControl;
  readonly halves: readonly Half[];
}

export interface Requirements {
  /** By control id, sorted. */
  readonly required: readonly Requirement[];
  /** Ids that the gate names and nobody knows. */
  readonly unknown: readonly string[];
  /** Selectors that matched no control, in words. */
  readonly empty: readonly string[];
}

/** Resolves a gate's selectors against the catalog. What matches nothing is told, never skipped. */
export function requirementsOf(
  gate: GateDefinition,
  catalog: ReadonlyMap<string, GateControl>,
  spec: Spec,
): Requirements {
  const halves = new Map<string, Set<Half>>();
  const empty: string[] = [];
  const named = new Set<string>();
  for (const selector of gate.requires) {
    for (const id of namedBy(selector, spec)) named.add(id);
    const matched = [...catalog.values()].filter(({ meta }) => matches(selector, meta, spec));
    if (matched.length === 0) empty.push(JSON.stringify(selector));
    for (const { meta } of matched) add(halves, meta.id, selector.halves ?? meta.halves);
  }
  for (const track of gate.tracks) {
    if (track.atLeast !== 'done') continue;
    for (const id of trackControls(track, catalog, spec)) {
      const control = catalog.get(id);
      if (control === undefined) named.add(id);
      else add(halves, id, control.meta.halves);
    }
  }
  const required = [...halves].flatMap(([id, wanted]) => {
    const control = catalog.get(id);
    return control === undefined ? [] : [{ control, halves: [...wanted] }];
  });
  return {
    required: required.sort((a, b) => (a.control.meta.id < b.control.meta.id ? -1 : 1)),
    unknown: [...named].filter((id) => !catalog.has(id)).sort(),
    empty,
  };
}

function add(halves: Map<string, Set<Half>>, id: string, wanted: readonly Half[]): void {
  const known = halves.get(id) ?? new Set();
  for (const half of wanted) known.add(half);
  halves.set(id, known);
}

function namedBy(selector: GateSelector, spec: Spec): readonly string[] {
  const ofTracks = spec.tracks.filter(({ id }) => selector.tracks?.includes(id)).flatMap(({ controls }) => controls);
  return [...(selector.controls ?? []), ...ofTracks];
}

function matches(selector: GateSelector, meta: ControlMeta, spec: Spec): boolean {
  const { launch, upTo, controls, sources, tracks } = selector;
  if (launch === true && !meta.launch) return false;
  if (upTo !== undefined && STAGES.indexOf(meta.stage) > STAGES.indexOf(upTo)) return false;
  if (controls !== undefined && !controls.includes(meta.id)) return false;
  if (sources !== undefined && !sources.some((source) => meta.sources.includes(source))) return false;
  return (
    tracks === undefined || spec.tracks.some(({ id, controls: own }) => tracks.includes(id) && own.includes(meta.id))
  );
}

/** The controls of a required track: those that cite its source, those the policy lists, those the spec's track names. */
export function trackControls(
  track: TrackRequirement,
  catalog: ReadonlyMap<string, GateControl>,
  spec: Spec,
): readonly string[] {
  const { source } = track;
  const cited = [...catalog.values()].filter(({ meta }) => source !== undefined && meta.sources.includes(source));
  const own = matchTrack(track, spec.tracks)?.controls ?? [];
  return [...new Set([...cited.map(({ meta }) => meta.id), ...track.controls, ...own])].sort();
}

/** The spec's track that a required one means: same id, a title that begins alike, or the same number (`ot-5`, `5`, `5-…`). */
export function matchTrack(required: TrackRequirement, tracks: readonly TrackSpec[]): TrackSpec | undefined {
  const number = required.source?.match(/^OT(\d+)$/)?.[1];
  const byId = tracks.find(({ id }) => id === required.id);
  const byTitle = tracks.find(({ title }) => slug(title).startsWith(slug(required.title)));
  const byNumber = tracks.find(
    ({ id }) => number !== undefined && id.match(/^(?:ot-?|track-?)?(\d+)(?:-|$)/)?.[1] === number,
  );
  return byId ?? byTitle ?? byNumber;
}

function slug(title: string): string {
  const words = title
    .toLowerCase()
    .replaceAll('&', ' and ')
    .split(/[^a-z0-9]+/);
  return words.filter((word) => word !== '' && word !== 'and').join('-');
}
