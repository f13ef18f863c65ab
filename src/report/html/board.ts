import { counted } from '../order.ts';
import { anchor, MARKS, SIGNS, STAGE_NAMES, type BoardControl, type BoardStage, type Mark } from './board-model.ts';
import { html, type Markup } from './html.ts';

const LEGEND: readonly [Mark, string][] = [
  ['bad', 'broken'],
  ['weak', 'open'],
  ['unknown', 'could not tell'],
  ['aside', 'set aside'],
  ['none', 'nothing to judge'],
  ['good', 'in place'],
];

/** One row for each stage: how much of it is in place, and a cell for each control that leads to its entry. */
export function boardSection(stages: readonly BoardStage[], title: string): Markup {
  if (stages.length === 0) return html``;
  const marks = new Set(stages.flatMap(({ controls }) => controls.map((control) => control.mark)));
  return html`<section id="board" aria-labelledby="board-title">
    <h2 id="board-title">${title}</h2>
    <ul class="legend" aria-label="Signs">
      ${LEGEND.filter(([mark]) => marks.has(mark)).map(([mark, text]) => html`<li>${sign(mark)} ${text}</li>`)}
    </ul>
    <dl class="board">
      ${stages.map(
        ({ stage, controls }) =>
          html`<div>
            <dt>${STAGE_NAMES[stage]} <span>${progress(controls)}</span>${share(controls)}</dt>
            <dd>${cells(controls)}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

/** A cell for each control, in the order given. */
export function cells(controls: readonly BoardControl[]): Markup {
  return html`<ul class="cells">
    ${controls.map(
      (control) =>
        html`<li>
          <a class="cell ${control.mark}" href="#${anchor(control.meta.id)}" title="${cellTitle(control)}">
            <b aria-hidden="true">${SIGNS[control.mark]}</b><span>${control.meta.title}</span></a
          >
        </li>`,
    )}
  </ul>`;
}

export function sign(mark: Mark): Markup {
  return html`<i class="sign ${mark}" aria-hidden="true">${SIGNS[mark]}</i>`;
}

/** `7 of 12 controls in place`; what has nothing to judge here does not count. */
export function progress(controls: readonly BoardControl[]): string {
  const judged = controls.filter((control) => control.mark !== 'none');
  const held = judged.filter((control) => control.mark === 'good' || control.mark === 'aside');
  return judged.length === 0 ? 'nothing to judge' : `${held.length} of ${counted(judged.length, 'control')} in place`;
}

/** A bar of the marks, in place first. It repeats what the words beside it say. */
function share(controls: readonly BoardControl[]): Markup {
  const judged = controls.filter((control) => control.mark !== 'none');
  if (judged.length === 0) return html``;
  const width = 100 / judged.length;
  let x = 0;
  const segments = MARKS.toReversed().flatMap((mark) => {
    const count = judged.filter((control) => control.mark === mark).length;
    const segment = html`<rect class="${mark}" x="${x}" width="${count * width}" height="4" />`;
    x += count * width;
    return count === 0 ? [] : [segment];
  });
  return html`<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">${segments}</svg>`;
}

function cellTitle(control: BoardControl): string {
  const states = [...Map.groupBy(control.items, (item) => item.state)].map(
    ([state, items]) => `${items.length} ${state}`,
  );
  return `${control.meta.id}: ${states.length === 0 ? 'nothing to judge' : `${states.join(', ')}; ${counted(control.items.length, 'subject')}`}`;
}
