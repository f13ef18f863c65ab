import type { CheckReport } from '../../model/report.ts';
import type { ReportContext } from '../context.ts';
import { controlsLeftOpen } from '../left-open.ts';
import { counted } from '../order.ts';
import { html, type Markup } from './html.ts';

/** What could not be read, by what mends it. */
export function unreadSection(report: CheckReport, context: ReportContext): Markup {
  if (report.unread.length === 0) return html``;
  const leavesOpen = controlsLeftOpen(report, context);
  return html`<section id="unread" aria-labelledby="unread-title">
    <h2 id="unread-title">Could not be read <span class="count">${report.unread.length}</span></h2>
    <ul class="plain">
      ${[...Map.groupBy(report.unread, (gap) => gap.fix)].map(
        ([fix, gaps]) =>
          html`<li>
            <h3>${fix}</h3>
            <ul>
              ${gaps.map(
                (gap) =>
                  html`<li>
                    <code class="place"
                      >${gap.line === undefined ? gap.path : `${gap.path}:${gap.line}:${gap.column ?? 1}`}</code
                    >
                    ${gap.reason}
                  </li>`,
              )}
            </ul>
            ${openControls(leavesOpen(gaps))}
          </li>`,
      )}
    </ul>
  </section>`;
}

function openControls(controls: readonly string[]): Markup {
  if (controls.length === 0) return html``;
  return html`<details>
    <summary>Leaves ${counted(controls.length, 'control')} open</summary>
    <p>${controls.map((control, index) => html`${index > 0 && ', '}<code>${control}</code>`)}</p>
  </details>`;
}

/** What the answer rests on: what was assumed, and which deployables were read. */
export function basisSection(report: CheckReport): Markup {
  if (report.assumptions.length + report.leftOut.length + report.deployables.length === 0) return html``;
  return html`<section id="basis" aria-labelledby="basis-title">
    <h2 id="basis-title">What this rests on</h2>
    ${
      report.assumptions.length > 0 &&
      html`<h3>Assumed</h3>
        <ul class="lines">
          ${report.assumptions.map((assumption) => html`<li>${assumption}</li>`)}
        </ul>`
    }
    ${
      report.leftOut.length > 0 &&
      html`<h3>Left out, as not what runs</h3>
        <ul class="lines">
          ${report.leftOut.map((file) => html`<li><code>${file.path}</code> ${file.reason}</li>`)}
        </ul>`
    }
    ${
      report.deployables.length > 0 &&
      html`<h3>Deployables read</h3>
        <ul class="lines">
          ${report.deployables.map((deployable) => html`<li><code>${deployable.id}</code>${deployable.environment !== undefined && html` for ${deployable.environment}, by ${deployable.environmentFrom ?? 'its declaration'}`}</li>`)}
        </ul>`
    }
  </section>`;
}
