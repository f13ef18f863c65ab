import { namespaceOf } from './dot.ts';
import { visible } from '../text/visible.ts';
import type { ReachMap } from './schema.ts';

const CELL = 40;
const FONT = 11;
const LETTER = 6.3;
const PAD = 16;

/**
 * The map as a matrix: a row for each sender, a column for each receiver, the ports in the cell where they meet. A matrix stays legible
 * where the lines of a drawn graph no longer do. Self-contained; colours follow the reader's light or dark scheme.
 */
export function mapSvg(report: Pick<ReachMap, 'rows' | 'unknown' | 'platform'>): string {
  const { rows, unknown, platform } = report;
  const all = [...rows, ...unknown];
  const sources = ordered(all.map(({ src }) => src));
  const targets = ordered(all.map(({ dst }) => dst));
  const left = PAD + width(sources) + 8;
  const top = PAD + 44 + width(targets) * 0.8;
  const size = {
    width: Math.ceil(left + targets.length * CELL + width(targets) * 0.6 + PAD),
    height: Math.ceil(top + sources.length * CELL + PAD),
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" font-family="ui-sans-serif, system-ui, sans-serif" font-size="${FONT}">`,
    `<title>${escape(`What may talk to what in ${platform.name}, ${platform.environment}`)}</title>`,
    STYLE,
    `<rect class="page" width="100%" height="100%"/>`,
    `<text class="head" x="${PAD}" y="${PAD + 10}">${escape(`${platform.name} (${platform.environment}): rows send, columns receive`)}</text>`,
    `<text class="quiet" x="${PAD}" y="${PAD + 26}">filled: passes, on these ports; outlined: unknown; empty: denied</text>`,
    ...targets.map((id, index) => columnLabel(id, left + index * CELL + CELL / 2, top - 6)),
    ...sources.map(
      (id, index) =>
        `<text class="end" text-anchor="end" x="${left - 8}" y="${top + index * CELL + CELL / 2 + 4}">${escape(id)}</text>`,
    ),
    ...lines(sources, targets, left, top),
    ...unknown.map((row) => cell(row, 'open', sources, targets, left, top)),
    ...rows.map((row) => cell(row, 'sure', sources, targets, left, top)),
    '</svg>',
    '',
  ].join('\n');
}

const STYLE = `<style>
.page{fill:#fff}.head{font-weight:600;fill:#1f2328}.end{fill:#1f2328}.quiet{fill:#59636e}.grid{stroke:#d1d9e0;stroke-width:.5}
.sure{fill:#0969da}.open{fill:none;stroke:#9a6700;stroke-width:1.5;stroke-dasharray:3 2}.ports{fill:#fff;font-size:8px}.openports{fill:#9a6700;font-size:8px}
@media (prefers-color-scheme:dark){.page{fill:#0d1117}.head,.end{fill:#e6edf3}.quiet{fill:#8b949e}.grid{stroke:#30363d}.sure{fill:#1f6feb}.open{stroke:#d29922}.openports{fill:#d29922}}
</style>`;

/** Workloads by namespace, then what is no workload. */
function ordered(ends: readonly string[]): string[] {
  const rank = (end: string): string => `${namespaceOf(end) === '' ? '1' : '0'} ${end}`;
  return [...new Set(ends)].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function width(labels: readonly string[]): number {
  return Math.max(60, ...labels.map(({ length }) => length * LETTER));
}

function columnLabel(id: string, x: number, y: number): string {
  return `<text class="end" transform="translate(${x} ${y}) rotate(-55)">${escape(id)}</text>`;
}

/** A line wherever another namespace begins, and around the whole. */
function lines(sources: readonly string[], targets: readonly string[], left: number, top: number): string[] {
  const [right, bottom] = [left + targets.length * CELL, top + sources.length * CELL];
  const bounds = (ends: readonly string[]): number[] => [
    ...ends.flatMap((end, index) =>
      index > 0 && namespaceOf(end) === namespaceOf(ends[index - 1] ?? '') ? [] : [index],
    ),
    ends.length,
  ];
  return [
    ...bounds(sources).map(
      (at) => `<line class="grid" x1="${left}" x2="${right}" y1="${top + at * CELL}" y2="${top + at * CELL}"/>`,
    ),
    ...bounds(targets).map(
      (at) => `<line class="grid" y1="${top}" y2="${bottom}" x1="${left + at * CELL}" x2="${left + at * CELL}"/>`,
    ),
  ];
}

function cell(
  { src, dst, conn }: { readonly src: string; readonly dst: string; readonly conn: string },
  kind: 'sure' | 'open',
  sources: readonly string[],
  targets: readonly string[],
  left: number,
  top: number,
): string {
  const x = left + targets.indexOf(dst) * CELL;
  const y = top + sources.indexOf(src) * CELL;
  const text = brief(conn);
  const label = `<text class="${kind === 'sure' ? 'ports' : 'openports'}" text-anchor="middle" x="${x + CELL / 2}" y="${y + CELL / 2 + 3}">${escape(text)}</text>`;
  const box = `<rect class="${kind}" x="${x + 2}" y="${y + 2}" width="${CELL - 4}" height="${CELL - 4}" rx="3"/>`;
  return `<g><title>${escape(`${src} => ${dst} : ${conn}${kind === 'open' ? ' (unknown)' : ''}`)}</title>${box}${label}</g>`;
}

/** The first port, and that there are more; the whole is in the title. */
function brief(conn: string): string {
  if (conn === 'All Connections') return 'all';
  const numbers = conn.replaceAll(/[A-Z]+ /g, '').split(',');
  const [first = ''] = numbers;
  if (first.length > 6) return '…';
  return numbers.length === 1 ? first : `${first}+${numbers.length - 1}`;
}

function escape(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
