/** The picture of a run: steps, faults and when they were taken back, what was marked, and the curves, over one axis of time. */
import type { FaultRecord, RunRecord } from '../../model/drill/record.ts';
import { html, type Markup } from '../html/html.ts';
import type { Curve } from './context.ts';
import { clipped, curveSeries, LANE, lane, probeSeries } from './lane.ts';
import { LEFT, placeLabels, round, ticks, timeScale, WIDTH, type Scale } from './scale.ts';

const AXIS = 26;
const ROW = 24;
const LABEL_ROW = 18;

/** An SVG that explains itself to a screen reader; the tables beside it hold the same. */
export function timeline(run: RunRecord, curves: readonly Curve[]): Markup {
  const x = timeScale(run.durationMs);
  const labels = placeLabels(run.marks.map(({ atMs, what }) => ({ x: x(atMs), text: what })));
  const labelRows = Math.max(0, ...labels.map(({ row }) => row + 1));
  const stepsTop = AXIS + labelRows * LABEL_ROW + 6;
  const steps = run.steps.filter(({ startedMs }) => startedMs !== undefined);
  const faults = faultsOf(run);
  const lanesTop = stepsTop + (steps.length + faults.length) * ROW + 8;
  const series = [...run.hypothesis.map(probeSeries), ...curves.map(curveSeries)].filter(
    ({ points }) => points.length > 0,
  );
  const height = lanesTop + series.length * LANE + 8;
  const id = `picture-${run.id.replaceAll(/[^\w-]/g, '-')}`;
  return html`<svg
    class="timeline"
    viewBox="0 0 ${WIDTH} ${height}"
    width="${WIDTH}"
    height="${height}"
    role="img"
    aria-labelledby="${id}-title ${id}-text"
  >
    <title id="${id}-title">Time line of ${run.name}</title>
    <desc id="${id}-text">${description(run)}</desc>
    ${faults.map(({ atMs, undoneMs }) => {
      const from = x(atMs);
      const width = round(Math.max(1.5, x(undoneMs ?? run.durationMs) - from));
      return html`<rect class="fault-band" x="${from}" y="${AXIS}" width="${width}" height="${height - AXIS}" />`;
    })}
    ${ticks(run.durationMs).map(
      ({ atMs, label }) =>
        html`<line class="grid" x1="${x(atMs)}" x2="${x(atMs)}" y1="${AXIS}" y2="${height}" />
          <text class="tick" x="${x(atMs)}" y="${AXIS - 10}">${label}</text>`,
    )}
    ${labels.map(
      ({ x: at, text, row, flipped }) =>
        html`<line class="mark" x1="${at}" x2="${at}" y1="${AXIS + row * LABEL_ROW}" y2="${height}" />
          <text
            class="mark-text${flipped ? ' flipped' : ''}"
            x="${at + (flipped ? -5 : 5)}"
            y="${AXIS + row * LABEL_ROW + 13}"
            >${text}</text
          >`,
    )}
    ${steps.map(({ name, kind, startedMs = 0, endedMs, outcome }, index) =>
      bar(name, outcome === 'done' ? kind : 'missed', startedMs, endedMs ?? run.durationMs, stepsTop + index * ROW, x),
    )}
    ${faults.map(({ undo, atMs, undoneMs, error }, index) =>
      bar(
        `until ${undo}`,
        error === undefined ? 'fault' : 'missed',
        atMs,
        undoneMs ?? run.durationMs,
        stepsTop + (steps.length + index) * ROW,
        x,
      ),
    )}
    ${series.map((one, index) => lane(one, lanesTop + index * LANE, x))}
  </svg>`;
}

/** What was noted before the method began is how the run cleans up after itself, and no fault. */
export function faultsOf({ steps, faults }: Pick<RunRecord, 'steps' | 'faults'>): readonly FaultRecord[] {
  const began = Math.min(...steps.flatMap(({ startedMs }) => startedMs ?? []));
  return faults.filter(({ atMs, error }) => atMs >= began || error !== undefined);
}

function bar(name: string, kind: string, from: number, to: number, top: number, x: Scale): Markup {
  const width = round(Math.max(2, x(to) - x(from)));
  return html`<text class="bar-name" x="${LEFT - 12}" y="${top + 15}">${clipped(name)}</text>
    <rect class="bar ${kind}" x="${x(from)}" y="${top + 4}" width="${width}" height="${ROW - 9}" rx="2">
      <title>${name}, ${((to - from) / 1000).toFixed(2)} s</title>
    </rect>`;
}

function description(run: RunRecord): string {
  const { steps, marks, durationMs } = run;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const events = [
    ...steps.flatMap(({ name, startedMs }) => (startedMs === undefined ? [] : [[startedMs, name] as const])),
    ...marks.map(({ what, atMs }) => [atMs, what] as const),
    ...faultsOf(run).flatMap(({ undo, undoneMs }) =>
      undoneMs === undefined ? [] : [[undoneMs, `undone: ${undo}`] as const],
    ),
  ].sort(([a], [b]) => a - b);
  return `${events.map(([at, what]) => `${seconds(at)} ${what}`).join('; ')}. Ended after ${seconds(durationMs)}.`;
}
