/** A lane of the picture: one number over the time of the run, with its bounds. */
import type { ProbeRecord } from '../../model/drill/record.ts';
import { boundsText, measureText } from '../../model/drill/words.ts';
import { html, type Markup } from '../html/html.ts';
import type { Curve } from './context.ts';
import { LEFT, valueScale, WIDTH, type Scale } from './scale.ts';

export const LANE = 64;
const PAD = 10;

export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly (readonly [atMs: number, value: number | undefined])[];
  readonly bounds: { readonly atLeast?: number; readonly atMost?: number };
}

/** A probe as a series: where it gave no number, there is a gap. */
export function probeSeries({ name, unit, tolerance, before, samples, after }: ProbeRecord): Series {
  const answers = [before, ...samples, after].flatMap((answer) => answer ?? []);
  return { name, unit, bounds: tolerance, points: answers.map(({ atMs, value }) => [atMs, value]) };
}

export function curveSeries({ name, unit, points }: Curve): Series {
  return { name, unit, points, bounds: {} };
}

/** Draws a series into a lane that begins at `top`. */
export function lane(series: Series, top: number, x: Scale): Markup {
  const { name, unit, points, bounds } = series;
  const known = points.flatMap(([, value]) => value ?? []);
  const limits = [bounds.atLeast, bounds.atMost].flatMap((bound) => bound ?? []);
  const { y, most } = valueScale([...known, ...limits], top + PAD, LANE - 2 * PAD);
  const base = top + LANE - PAD;
  const wanted = boundsText(bounds, unit);
  return html`<g>
    <text class="lane-name" x="${LEFT - 12}" y="${top + 26}">${clipped(name)}</text>
    <text class="lane-scale" x="${LEFT - 12}" y="${top + 42}">
      ${clipped(wanted === '' ? `0 to ${measureText(most, unit)}` : wanted)}
    </text>
    <line class="base" x1="${LEFT}" x2="${WIDTH - 20}" y1="${base}" y2="${base}" />
    ${limits.map((bound) => html`<line class="bound" x1="${LEFT}" x2="${WIDTH - 20}" y1="${y(bound)}" y2="${y(bound)}" />`)}
    ${segments(points).map((segment) =>
      segment.length === 1
        ? html``
        : html`<polyline
            class="curve"
            points="${segment.map(([atMs, value]) => `${x(atMs)},${y(value)}`).join(' ')}"
          />`,
    )}
    ${points.length <= 60 && points.map(([atMs, value]) => (value === undefined ? html`` : html`<circle class="point" cx="${x(atMs)}" cy="${y(value)}" r="2" />`))}
    ${points.map(([atMs, value]) => (value === undefined ? html`<path class="none" d="M${x(atMs) - 3} ${base - 6}l6 6m0 -6l-6 6" />` : html``))}
  </g>`;
}

/** Runs of neighbouring points that have a number. */
function segments(points: Series['points']): (readonly [number, number])[][] {
  const found: (readonly [number, number])[][] = [[]];
  for (const [atMs, value] of points) {
    if (value === undefined) found.push([]);
    else found.at(-1)?.push([atMs, value]);
  }
  return found.filter(({ length }) => length > 0);
}

/** What fits the gutter; the whole is in the tables. */
export function clipped(text: string): string {
  return text.length <= 30 ? text : `${text.slice(0, 29)}…`;
}
