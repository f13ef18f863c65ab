import type { Decision, RequirementState, RequirementStatus } from '../../model/report.ts';
import { controlMeta, docsLink, type ReportContext } from '../context.ts';
import { boardSection } from '../html/board.ts';
import { gravest, STAGE_NAMES, stagesOf, type BoardControl, type BoardItem, type Mark } from '../html/board-model.ts';
import { breaksSection } from '../html/breaks.ts';
import { controlsSection, folded } from '../html/controls.ts';
import { html, type Markup } from '../html/html.ts';
import { basisSection, unreadSection } from '../html/lists.ts';
import { renderPage } from '../html/page.ts';
import { tracksSection } from '../html/tracks.ts';
import { sortRows } from '../order.ts';
import { topologySection } from '../topology/svg.ts';
import {
  actionsOf,
  candidateName,
  choicesInWords,
  decisionCounts,
  worstRequirementFirst,
  type Action,
} from './actions.ts';
import { evidenceAge, expiry } from './age.ts';
import { evidenceSection } from './evidence-html.ts';

const MARK_OF: Readonly<Record<RequirementStatus, Mark>> = {
  failed: 'bad',
  weakened: 'bad',
  missing: 'weak',
  stale: 'weak',
  drifted: 'weak',
  inconclusive: 'unknown',
  error: 'unknown',
  waived: 'aside',
  excluded: 'aside',
  satisfied: 'good',
};

/** The decision as one self-contained page; with the check behind it in the context, its counter-examples too. */
export function renderDecisionHtml(decision: Decision, context: ReportContext): string {
  const controls = decisionBoard(decision, context);
  const stages = stagesOf(controls);
  const { check } = context;
  return renderPage({
    title: `${decision.verdict}: ${decision.gate}, ${decision.environment}`,
    kicker: decision.replay ? 'Launchgate gate, a replay that is never signed' : 'Launchgate gate',
    heading: html`${decision.gate} <span>${decision.environment}</span>`,
    verdict: {
      tone: decision.verdict === 'GO' ? 'good' : 'bad',
      word: decision.verdict,
      text: decisionCounts(decision),
    },
    facts: [
      `candidate ${candidateName(decision)}`,
      `decided ${decision.at}`,
      `policy version ${decision.policy.version}`,
      ...choicesInWords(decision),
    ],
    sections: [
      breakGlassSection(decision),
      blocksSection(decision),
      boardSection(stages, 'Gate board'),
      actionsSection(decision),
      ...(check === undefined ? [] : [breaksSection(sortRows(check).breaks, context)]),
      tracksSection(
        decision.tracks.map((track) => ({
          ...track,
          controls: controls.filter((control) => control.items.some((item) => item.track === track.id)),
        })),
      ),
      controlsSection(stages),
      topologySection(context.topology, subjectMarks(decision)),
      evidenceSection(decision, context),
      waiversSection(decision),
      notesSection(decision),
      ...(check === undefined ? [] : [unreadSection(check, context), basisSection(check)]),
    ],
    foot: [
      `candidate ${decision.candidate.digest}`,
      `seal ${decision.seal}`,
      `policy ${decision.policy.digest}`,
      `ledger of ${decision.ledger.size} entries, root ${decision.ledger.root}`,
    ],
  });
}

function decisionBoard(decision: Decision, context: ReportContext): BoardControl[] {
  const byControl = Map.groupBy(
    [...decision.requirements].sort(worstRequirementFirst),
    (requirement) => requirement.control,
  );
  return [...byControl].map(([id, requirements]) => {
    const items = requirements.map((requirement) => itemOf(requirement, decision, context));
    const stage = requirements[0]?.stage ?? 'day-0';
    return {
      meta: { ...controlMeta(context, id), stage },
      link: docsLink(context, id),
      mark: gravest(items.map((item) => item.mark)),
      items,
    };
  });
}

function itemOf(requirement: RequirementState, decision: Decision, context: ReportContext): BoardItem {
  const { subject, state, because, next, owner, track, expires } = requirement;
  return {
    subject,
    state,
    because,
    next,
    mark: MARK_OF[state],
    ...(owner === undefined ? {} : { owner }),
    ...(track === undefined ? {} : { track }),
    evidence: [
      ...requirement.evidence.map((digest) => evidenceAge(digest, decision, context)),
      ...(expires === undefined ? [] : [expiry(expires, decision)]),
    ],
  };
}

function breakGlassSection({ breakGlass }: Decision): Markup {
  if (breakGlass === undefined) return html``;
  return html`<section class="notice" aria-label="Break-glass">
    <h2>Break-glass in force until ${breakGlass.expires}</h2>
    <p>${breakGlass.reason} By ${breakGlass.persons.join(', ')}. The verdict stays ${'NO-GO'}.</p>
  </section>`;
}

function blocksSection(decision: Decision): Markup {
  if (decision.blocks.length === 0) return html``;
  return html`<section class="notice" id="blocks" aria-labelledby="blocks-title">
    <h2 id="blocks-title">Blocks the gate as a whole</h2>
    <ul class="plain">
      ${decision.blocks.map(
        (block) =>
          html`<li>
            <p>${block.because}</p>
            <p class="fix">
              <b>Next</b> ${block.next}${block.owner !== undefined && html` <span class="owner">${block.owner}</span>`}
            </p>
          </li>`,
      )}
    </ul>
  </section>`;
}

function actionsSection(decision: Decision): Markup {
  const actions = actionsOf(decision);
  if (actions.length === 0) return html``;
  return html`<section id="actions" aria-labelledby="actions-title">
    <h2 id="actions-title">To GO <span class="count">${actions.length}</span></h2>
    ${[...Map.groupBy(actions, (action) => action.stage)].map(
      ([stage, group]) =>
        html`<h3>${STAGE_NAMES[stage]}</h3>
          <ol class="actions">
            ${group.map(actionEntry)}
          </ol>`,
    )}
  </section>`;
}

function actionEntry(action: Action): Markup {
  return html`<li>
    <p><b>${action.next}</b> <span class="owner">${action.owner ?? 'nobody owns this'}</span></p>
    <p class="moves">${action.requirements.slice(0, MOVES_SHOWN).map(moved)}</p>
    ${folded(action.requirements.slice(MOVES_SHOWN), (one) => html`<li class="item moves">${moved(one)}</li>`)}
  </li>`;
}

/** Requirements that one action moves, before the others fold. */
const MOVES_SHOWN = 12;

function moved({ control, subject, state }: RequirementState): Markup {
  return html`<span><code>${control}</code> <code class="subject">${subject}</code> ${state}</span>`;
}

function waiversSection(decision: Decision): Markup {
  if (decision.waivers.length === 0) return html``;
  return html`<section id="waivers" aria-labelledby="waivers-title">
    <h2 id="waivers-title">Waivers <span class="count">${decision.waivers.length}</span></h2>
    <ul class="plain">
      ${decision.waivers.map(
        (waiver) =>
          html`<li>
            <p><code>${waiver.control}</code> <code class="subject">${waiver.subject}</code></p>
            <p>${waiver.reason}</p>
            <p class="facts">
              <span>approved by ${waiver.approver}</span><span>${expiry(waiver.expires, decision)}</span>
            </p>
          </li>`,
      )}
    </ul>
  </section>`;
}

function notesSection({ notes = [] }: Decision): Markup {
  if (notes.length === 0) return html``;
  return html`<section id="notes" aria-labelledby="notes-title">
    <h2 id="notes-title">Notes</h2>
    <ul class="lines">
      ${notes.map((note) => html`<li>${note}</li>`)}
    </ul>
  </section>`;
}

function subjectMarks(decision: Decision): (id: string) => Mark | undefined {
  const bySubject = Map.groupBy(decision.requirements, (requirement) => requirement.subject);
  return (id) => {
    const requirements = bySubject.get(id);
    return requirements === undefined
      ? undefined
      : gravest(requirements.map((requirement) => MARK_OF[requirement.state]));
  };
}
