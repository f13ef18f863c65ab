import type { CheckRow } from '../../model/report.ts';
import type { Step } from '../../model/result.ts';
import { controlMeta, docsLink, type ReportContext } from '../context.ts';
import { placeOf } from '../order.ts';
import { html, type Markup } from './html.ts';

/** More than these are left to the list of controls below. */
const LIMIT = 12;

/** What breaks, each with its place, the steps that lead to the break, and what mends it. */
export function breaksSection(rows: readonly CheckRow[], context: ReportContext): Markup {
  if (rows.length === 0) return html``;
  const left = rows.length - LIMIT;
  return html`<section id="breaks" aria-labelledby="breaks-title">
    <h2 id="breaks-title">What breaks <span class="count">${rows.length}</span></h2>
    ${rows.slice(0, LIMIT).map((row) => breakCard(row, context))}
    ${left > 0 && html`<p class="more">And ${left} more, listed <a href="#controls">by control</a>.</p>`}
  </section>`;
}

function breakCard(row: CheckRow, context: ReportContext): Markup {
  const meta = controlMeta(context, row.control);
  return html`<article class="break">
    <header>
      <span class="severity ${row.severity}">${row.severity}</span>
      <h3>${titled(meta.title, docsLink(context, row.control))}</h3>
      <code class="subject">${row.subject}</code>
    </header>
    <p class="message">${row.message}</p>
    ${row.location !== undefined && html`<p class="place"><code>${placeOf(row)}</code></p>`}
    ${stepList(row.counterExample ?? [])}
    ${row.remediation !== undefined && html`<p class="fix"><b>Fix</b> ${row.remediation}</p>`}
  </article>`;
}

/** The steps of a counter-example, each with the state after it. */
export function stepList(steps: readonly Step[]): Markup {
  if (steps.length === 0) return html``;
  return html`<ol class="steps">
    ${steps.map((step) => html`<li><span>${step.action}</span> <span class="state">${step.state}</span></li>`)}
  </ol>`;
}

/** A control's title, led to its page where there is one. */
export function titled(title: string, link: string | undefined): Markup {
  return link === undefined ? html`${title}` : html`<a href="${link}" rel="noreferrer">${title}</a>`;
}
