import type { ImportedItem, ImportedTrack, ImportResult } from '../types.ts';

/** A report for people: what was matched to what and why, what was kept, what was not placed, what to look at. */
export function renderImport(result: ImportResult): string {
  const sections = [
    summary(result),
    list('Tracks', result.tracks.map(trackLine)),
    list('Matched to the catalog', result.items.filter((item) => item.matches.length > 0).map(matchedLine)),
    list(
      'Kept as controls of your own',
      result.items.filter((item) => item.custom !== undefined).map((item) => customLine(item, result)),
    ),
    list(
      'Rules of a gate, for the policy',
      result.items.filter((item) => item.kind === 'gate').map((item) => `${item.id}  ${item.statement}`),
    ),
    list(
      'Roles that nobody of the spec holds',
      result.roles.map((role) => `${role.title} (${role.id})  ${role.places.join(', ')}`),
    ),
    list('To look at', result.remarks),
    list(
      'Not placed',
      result.unplaced.map(({ path, line, text, because }) => `${path}:${line}  ${because}: ${shorten(text)}`),
    ),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function summary(result: ImportResult): string {
  const rows = result.files.map(({ path, lines }) => {
    const own = result.items.filter((item) => item.path === path);
    const context = result.lines.filter((line) => line.path === path && line.as === 'prose').length;
    const counts = [
      `${lines} lines`,
      plural(own.length, 'item'),
      `${own.filter((item) => item.matches.length > 0).length} matched`,
      `${own.filter((item) => item.custom !== undefined).length} kept`,
      plural(result.tracks.filter((track) => track.path === path).length, 'track'),
      `${plural(context, 'line')} of context`,
      `${result.unplaced.filter((entry) => entry.path === path).length} not placed`,
    ];
    return `${path}: ${counts.join(', ')}`;
  });
  const { milestones, tracks, controls, deferred } = result.parts;
  const added = [
    plural(milestones.length, 'milestone'),
    plural(tracks.length, 'track'),
    plural(controls.length, 'control'),
    plural(deferred.length, 'deferred component'),
  ];
  return [...rows, `New in the spec: ${added.join(', ')}`].join('\n');
}

function trackLine(track: ImportedTrack): string {
  const facts = [
    track.status ?? 'no status',
    track.owner === undefined ? 'no owner' : `owner ${track.owner}`,
    track.target === undefined ? 'no target' : `target ${track.target}`,
    plural(track.items.length, 'item'),
    plural(track.evidence.length, 'evidence link'),
    `${track.pending.length} pending`,
  ];
  const [line] = track.lines;
  return `${track.path}${line === undefined ? '' : `:${line}`}  ${track.title} (${track.id}): ${facts.join(', ')}`;
}

function matchedLine(item: ImportedItem): string {
  const matches = item.matches.map((match) => `    -> ${match.control}: ${match.because}`);
  return [`${item.id}  ${item.title}`, ...matches].join('\n');
}

function customLine(item: ImportedItem, result: ImportResult): string {
  const control = result.spec.controls.find((each) => each.id === item.custom);
  const proof = control === undefined ? '' : `, proved by ${control.accept.predicate}`;
  const maybe = item.candidates.map((match) => `    perhaps ${match.control}: ${match.because}`);
  return [`${item.id}  ${item.title} (${item.custom ?? ''}${proof})`, ...maybe].join('\n');
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title} (${lines.length})`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}
