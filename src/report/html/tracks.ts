import type { BoardControl } from './board-model.ts';
import { cells } from './board.ts';
import { html, type Markup } from './html.ts';

/** A track as the page shows it, from the spec alone or as a gate derived it. */
export interface TrackRow {
  readonly id: string;
  readonly title: string;
  readonly owner?: string | undefined;
  readonly target?: string | undefined;
  readonly derived?: string | undefined;
  readonly declared?: string | undefined;
  readonly because?: string | undefined;
  readonly controls: readonly BoardControl[];
}

const STATUS: Readonly<Record<string, string>> = { open: 'open', in_progress: 'in progress', done: 'done' };

/** Each track with its controls. A status that somebody declared stands beside the derived one, and a contradiction shows. */
export function tracksSection(tracks: readonly TrackRow[]): Markup {
  if (tracks.length === 0) return html``;
  return html`<section id="tracks" aria-labelledby="tracks-title">
    <h2 id="tracks-title">Tracks <span class="count">${tracks.length}</span></h2>
    <ul class="tracks">
      ${tracks.map(trackEntry)}
    </ul>
  </section>`;
}

function trackEntry(track: TrackRow): Markup {
  const facts = [track.owner, track.target === undefined ? undefined : `due ${track.target}`].filter(
    (fact) => fact !== undefined,
  );
  return html`<li>
    <div class="head">
      <h3>${track.title}</h3>
      ${status(track)}
      ${facts.length > 0 && html`<span class="facts">${facts.map((fact) => html`<span>${fact}</span>`)}</span>`}
    </div>
    ${track.because !== undefined && html`<p>${track.because}</p>`}
    ${track.controls.length > 0 && cells(track.controls)}
  </li>`;
}

function status({ derived, declared }: TrackRow): Markup {
  const shown = derived ?? declared;
  if (shown === undefined) return html``;
  const contradiction = derived !== undefined && declared !== undefined && derived !== declared;
  return html`<span class="status ${shown}">${STATUS[shown] ?? shown}</span>${
      contradiction && html`<span class="contradiction">declared ${STATUS[declared] ?? declared}</span>`
    }`;
}
