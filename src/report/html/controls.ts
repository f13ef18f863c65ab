import { counted } from '../order.ts';
import {
  anchor,
  gravest,
  MARKS,
  STAGE_NAMES,
  type BoardControl,
  type BoardItem,
  type BoardStage,
  type Mark,
} from './board-model.ts';
import { progress, sign } from './board.ts';
import { stepList, titled } from './breaks.ts';
import { html, type Markup } from './html.ts';

/** Subjects of one control that are shown with all there is to say; the others in a line each, folded. */
const WHOLE_LIMIT = 12;
/** Subjects of one control that the page holds. The filter says so where there are more: what it cannot find may be broken all the same. */
const ITEM_LIMIT = 1000;

const CHIPS: Readonly<Record<Mark, string>> = {
  bad: 'Broken',
  weak: 'Open',
  unknown: 'Could not tell',
  aside: 'Set aside',
  none: 'Nothing to judge',
  good: 'In place',
};

/** Every control with every subject, by stage; the grave ones are open. The filter works on it where scripts run. */
export function controlsSection(stages: readonly BoardStage[]): Markup {
  if (stages.length === 0) return html``;
  const controls = stages.flatMap((stage) => stage.controls);
  const marks = MARKS.filter((mark) => controls.some((control) => marksOf(control).includes(mark)));
  const left = controls.reduce((sum, { items }) => sum + Math.max(0, items.length - ITEM_LIMIT), 0);
  return html`<section id="controls" aria-labelledby="controls-title">
    <h2 id="controls-title">Controls <span class="count">${controls.length}</span></h2>
    <form class="filter" role="search" data-left="${left}" hidden>
      <label>
        <span class="hidden">Filter controls</span>
        <input type="search" name="text" placeholder="Filter by control, subject, owner, text" autocomplete="off" />
      </label>
      <fieldset>
        <legend class="hidden">States shown</legend>
        ${marks.map(
          (mark) =>
            html`<label class="chip"
              ><input type="checkbox" name="mark" value="${mark}" checked />${sign(mark)} ${CHIPS[mark]}</label
            >`,
        )}
      </fieldset>
      <output aria-live="polite"></output>
    </form>
    ${stages.map(
      ({ stage, controls: held }) =>
        html`<div class="stage">
          <h3>${STAGE_NAMES[stage]} <span>${progress(held)}</span></h3>
          ${held.map(controlEntry)}
        </div>`,
    )}
  </section>`;
}

function controlEntry(control: BoardControl): Markup {
  const open = control.mark === 'bad' ? html` open` : html``;
  return html`<details
    class="control"
    id="${anchor(control.meta.id)}"
    data-marks="${marksOf(control).join(' ')}"
    ${open}
  >
    <summary>
      ${sign(control.mark)}<span class="title">${control.meta.title}</span> <code>${control.meta.id}</code>
      <span class="tally">${tally(control)}</span>
    </summary>
    ${
      control.meta.statement !== '' &&
      html`<p class="statement">
        ${control.meta.statement} ${control.link !== undefined && titled('Why, and its limits', control.link)}
      </p>`
    }
    ${itemList(control.items)}
  </details>`;
}

/** Grave ones on top. A thousand of them fold into lines, so that the page of a thousand services still opens and still finds each. */
function itemList(items: readonly BoardItem[]): Markup {
  if (items.length === 0) return html``;
  const left = items.length - ITEM_LIMIT;
  return html`<ul class="items">
      ${items.slice(0, WHOLE_LIMIT).map(itemEntry)}
    </ul>
    ${folded(items.slice(WHOLE_LIMIT, ITEM_LIMIT), briefEntry)}
    ${left > 0 && html`<p class="more">And ${left} more; the JSON report has all of them.</p>`}`;
}

/** What is too long to be shown at once, behind one line that counts it. */
export function folded<T>(items: readonly T[], entry: (item: T) => Markup): Markup {
  if (items.length === 0) return html``;
  return html`<details class="rest">
    <summary>${items.length} more</summary>
    <ul class="items">
      ${items.map(entry)}
    </ul>
  </details>`;
}

function briefEntry({ mark, state, subject, place, because, owner }: BoardItem): Markup {
  return html`<li class="item" data-mark="${mark}">
    <span class="label ${mark}">${sign(mark)} ${state}</span> <code class="subject">${subject}</code>
    ${place !== undefined && html`<code class="place">${place}</code>`} ${because}
    ${owner !== undefined && html`<span class="owner">${owner}</span>`}
  </li>`;
}

function itemEntry(item: BoardItem): Markup {
  const facts = [item.owner, item.track === undefined ? undefined : `track ${item.track}`, ...(item.evidence ?? [])];
  return html`<li class="item" data-mark="${item.mark}">
    <div class="head">
      <span class="label ${item.mark}">${sign(item.mark)} ${item.state}</span>
      <code class="subject">${item.subject}</code>
      ${item.place !== undefined && html`<code class="place">${item.place}</code>`}
    </div>
    <p>${item.because}</p>
    ${stepList(item.steps ?? [])}
    ${item.next !== undefined && item.next !== '' && html`<p class="fix"><b>${item.evidence === undefined ? 'Fix' : 'Next'}</b> ${item.next}</p>`}
    ${
      facts.some((fact) => fact !== undefined) &&
      html`<p class="facts">${facts.filter((fact) => fact !== undefined).map((fact) => html`<span>${fact}</span>`)}</p>`
    }
  </li>`;
}

/** A control without items still has a mark of its own, so that the filter finds it. */
function marksOf(control: BoardControl): Mark[] {
  return control.items.length === 0 ? [control.mark] : [...new Set(control.items.map((item) => item.mark))];
}

function tally(control: BoardControl): string {
  if (control.items.length === 0) return control.meta.about === 'people' ? 'waits for a spec' : 'nothing to judge here';
  const worst = gravest(control.items.map((item) => item.mark));
  const count = control.items.filter((item) => item.mark === worst).length;
  const total = control.items.length;
  if (count === total) return counted(total, 'subject');
  return `${count} of ${counted(total, 'subject')}`;
}
