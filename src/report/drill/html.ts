import type { DrillReport, DrillResult } from '../../model/drill/report.ts';
import type { ObservationRecord, RunRecord } from '../../model/drill/record.ts';
import { boundsText, measureText, YES_OR_NO } from '../../model/drill/words.ts';
import { html, type Markup } from '../html/html.ts';
import { renderPage } from '../html/page.ts';
import type { DrillContext } from './context.ts';
import { drillCounts, evidenceText, lasting, OUTCOME_WORDS } from './summary.ts';
import { timeline } from './timeline.ts';

const TONES = { pass: 'good', fail: 'bad', error: 'bad', inconclusive: 'unknown' } as const;

/** The report as one self-contained page: for each run its time line, its measurements beside bounds and predictions, and what was undone. */
export function renderDrillHtml(report: DrillReport, context: DrillContext): string {
  return renderPage({
    title: `${OUTCOME_WORDS[report.outcome]}: drills on ${report.target.environment}`,
    kicker: 'Launchgate drill',
    heading: html`${report.platform} <span>${report.target.environment}</span>`,
    verdict: {
      tone: TONES[report.outcome],
      word: OUTCOME_WORDS[report.outcome].toUpperCase(),
      text: drillCounts(report),
    },
    facts: [`${report.startedAt} to ${report.finishedAt}`, evidenceText(report)],
    sections: [overview(report), ...report.drills.map((drill) => drillSection(drill, context))],
    foot: [`target ${report.target.identity}`],
  });
}

function overview({ drills }: DrillReport): Markup {
  return html`<section aria-labelledby="overview">
    <h2 id="overview">Drills <span class="count">${drills.length}</span></h2>
    <div class="scroll">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Outcome</th>
            <th scope="col">Drill</th>
            <th scope="col">Time</th>
            <th scope="col">Because</th>
          </tr>
        </thead>
        <tbody>
          ${drills.map(
            ({ drill, title, outcome, because, runs }) =>
              html`<tr>
                <td><span class="label ${TONES[outcome]}">${OUTCOME_WORDS[outcome]}</span></td>
                <th scope="row"><a href="#drill-${drill}">${drill}</a><br />${title}</th>
                <td class="number">
                  ${runs.length === 0 ? '' : lasting(runs.reduce((sum, run) => sum + run.durationMs, 0))}
                </td>
                <td>${because ?? ''}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <ul class="keys">
      <li>red bars and the shade: a fault, until it was taken back</li>
      <li>dashed upright lines: moments that were marked</li>
      <li>dashed level lines: bounds</li>
      <li>crosses: no answer</li>
    </ul>
  </section>`;
}

function drillSection(drill: DrillResult, context: DrillContext): Markup {
  const left = drill.verdicts.filter(({ subject }) => !drill.runs.some((run) => run.subjects.includes(subject)));
  return html`<section aria-labelledby="drill-${drill.drill}">
    <h2 id="drill-${drill.drill}">${drill.title} <span class="count">${drill.drill}</span></h2>
    ${drill.runs[0] !== undefined && html`<p class="lead">${drill.runs[0].summary} ${drill.runs[0].blastRadius}</p>`}
    ${drill.runs.map((run) => runArticle(run, context))}
    ${
      left.length > 0 &&
      html`<h3>Not drilled</h3>
        <ul class="lines">
          ${left.map(({ subject, because }) => html`<li><code>${subject}</code> ${because ?? ''}</li>`)}
        </ul>`
    }
  </section>`;
}

function runArticle(run: RunRecord, { curves }: DrillContext): Markup {
  return html`<article class="run">
    <h3>
      <span class="label ${TONES[run.outcome]}">${OUTCOME_WORDS[run.outcome]}</span> ${run.name}
      <span class="count">${lasting(run.durationMs)}</span>
    </h3>
    ${run.because !== undefined && html`<p class="because">${run.because}</p>`}
    <div class="picture" tabindex="0" role="region" aria-label="Time line of ${run.name}">
      ${timeline(run, curves.get(run.id) ?? [])}
    </div>
    ${run.observations.length > 0 && figures(run)} ${details(run)}
  </article>`;
}

function figures(run: RunRecord): Markup {
  return html`<div class="scroll">
    <table class="figures">
      <caption>
        Measurements; the dashed tick is what was predicted, the solid one the bound
      </caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Measured</th>
          <th scope="col"><span class="hidden">Picture</span></th>
          <th scope="col">Wanted</th>
          <th scope="col">Predicted</th>
          <th scope="col">Met</th>
        </tr>
      </thead>
      <tbody>
        ${run.observations.map((one) => {
          const formula = run.predictions.find(({ name }) => name === one.name)?.because;
          return html`<tr>
            <th scope="row">${one.name}${one.subject !== undefined && html` <code>${one.subject}</code>`}</th>
            <td class="number">${measureText(one.value, one.unit)}</td>
            <td>${bullet(one)}</td>
            <td class="number">${boundsText(one, one.unit)}</td>
            <td>
              ${one.predicted !== undefined && measureText(one.predicted, one.unit)}
              ${formula !== undefined && html`<br /><span class="subject">${formula}</span>`}
            </td>
            <td class="${one.met ? '' : 'missed'}">
              ${one.met ? 'yes' : 'no'}${one.detail !== undefined && html`<br />${one.detail}`}
            </td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** The measurement as a bar, with its bound and prediction as ticks. What has neither says nothing as a bar. */
function bullet({ value, unit, target, predicted, met }: ObservationRecord): Markup {
  const most = Math.max(value, target ?? 0, predicted ?? 0) * 1.1;
  if (!(most > 0) || unit === YES_OR_NO || (target === undefined && predicted === undefined)) return html``;
  const at = (number: number): number => Math.round((Math.max(0, number) / most) * 1000) / 10;
  return html`<svg class="bullet" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="10" />
    <rect class="value${met ? '' : ' missed'}" y="2.5" width="${at(value)}" height="5" />
    ${target !== undefined && html`<line class="bound" vector-effect="non-scaling-stroke" x1="${at(target)}" x2="${at(target)}" y1="0" y2="10" />`}
    ${predicted !== undefined && html`<line class="predicted" vector-effect="non-scaling-stroke" x1="${at(predicted)}" x2="${at(predicted)}" y1="0" y2="10" />`}
  </svg>`;
}

function details(run: RunRecord): Markup {
  const seconds = (ms: number | undefined): string => (ms === undefined ? '' : `${(ms / 1000).toFixed(2)} s`);
  return html`<details>
    <summary>Steps, faults and raw data</summary>
    <div class="scroll">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Kind</th>
            <th scope="col">Begun</th>
            <th scope="col">Ended</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          ${run.steps.map(
            ({ name, kind, startedMs, endedMs, outcome, error }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${kind}</td>
                <td class="number">${seconds(startedMs)}</td>
                <td class="number">${seconds(endedMs)}</td>
                <td>${outcome}${error !== undefined && html`: ${error}`}</td>
              </tr>`,
          )}
          ${run.faults.map(
            ({ undo, atMs, undoneMs, error }) =>
              html`<tr>
                <th scope="row">${undo}</th>
                <td>undo</td>
                <td class="number">${seconds(atMs)}</td>
                <td class="number">${seconds(undoneMs)}</td>
                <td>${error ?? (undoneMs === undefined ? 'not undone' : 'undone')}</td>
              </tr>`,
          )}
          ${run.marks.map(
            ({ what, atMs }) =>
              html`<tr>
                <th scope="row">${what}</th>
                <td>mark</td>
                <td class="number">${seconds(atMs)}</td>
                <td></td>
                <td></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <ul class="lines">
      <li>Record: <code>.launchgate/drills/${run.id}/record.json</code></li>
      ${run.raw.map(({ name, file, digest }) => html`<li>${name}: <code>.launchgate/drills/${run.id}/${file}</code> <code>${digest}</code></li>`)}
    </ul>
  </details>`;
}
