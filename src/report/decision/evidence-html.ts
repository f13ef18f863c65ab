import type { Decision, RequirementState } from '../../model/report.ts';
import type { ReportContext } from '../context.ts';
import { html, type Markup } from '../html/html.ts';
import { expiry, span } from './age.ts';

interface EvidenceRow {
  readonly requirement: RequirementState;
  readonly title: string;
  /** Milliseconds at the time of the decision; undefined where it is not known. */
  readonly age: number | undefined;
  readonly left: number | undefined;
}

/** How old the evidence is and how long it lasts, the first to run out on top. */
export function evidenceSection(decision: Decision, context: ReportContext): Markup {
  const rows = evidenceRows(decision, context);
  if (rows.length === 0) return html``;
  return html`<section id="evidence" aria-labelledby="evidence-title">
    <h2 id="evidence-title">Evidence <span class="count">${rows.length}</span></h2>
    <ul class="evidence">
      ${rows.map((row) => evidenceEntry(row, decision))}
    </ul>
  </section>`;
}

function evidenceRows(decision: Decision, context: ReportContext): EvidenceRow[] {
  const at = Date.parse(decision.at);
  const rows = decision.requirements.flatMap((requirement) =>
    requirement.evidence.map((digest): EvidenceRow => {
      const note = context.evidence?.find((candidate) => candidate.digest === digest);
      return {
        requirement,
        title: note?.title ?? digest.slice(0, 19),
        age: note === undefined ? undefined : at - Date.parse(note.at),
        left: requirement.expires === undefined ? undefined : Date.parse(requirement.expires) - at,
      };
    }),
  );
  return rows.sort((a, b) => (a.left ?? Infinity) - (b.left ?? Infinity));
}

function evidenceEntry({ requirement, title, age, left }: EvidenceRow, decision: Decision): Markup {
  const { control, subject, state, expires } = requirement;
  return html`<li>
    <span class="what"><code>${control}</code> <code class="subject">${subject}</code></span>
    <span>${title}</span>
    <span>${age === undefined ? 'age unknown' : `${span(age)} old`}</span>
    ${lifeBar(age, left)}
    <span class="${left !== undefined && left < 0 ? 'expired' : 'until'}"
      >${expires === undefined ? state : expiry(expires, decision)}</span
    >
  </li>`;
}

/** The part of its life that a piece of evidence has used. */
function lifeBar(age: number | undefined, left: number | undefined): Markup {
  if (age === undefined || left === undefined) return html`<span></span>`;
  const used = left <= 0 ? 100 : Math.min(100, Math.max(0, (100 * age) / (age + left)));
  const tone = left <= 0 ? 'bad' : used > 75 ? 'weak' : 'good';
  return html`<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="${tone}" width="${used.toFixed(1)}" height="4" />
  </svg>`;
}
