import type { CheckReport, CheckRow } from '../../model/report.ts';
import { controlMeta, docsLink, type ReportContext } from '../context.ts';
import { boardSection } from '../html/board.ts';
import { gravest, stagesOf, type BoardControl, type BoardItem, type Mark } from '../html/board-model.ts';
import { breaksSection } from '../html/breaks.ts';
import { controlsSection } from '../html/controls.ts';
import { html } from '../html/html.ts';
import { basisSection, unreadSection } from '../html/lists.ts';
import { renderPage } from '../html/page.ts';
import { tracksSection } from '../html/tracks.ts';
import { checkVerdict, counted, placeOf, sortRows, worstFirst } from '../order.ts';
import { topologySection } from '../topology/svg.ts';
import { checkSummary } from './summary.ts';

const TONES = { breaks: 'bad', unknown: 'unknown', holds: 'good' } as const;

/** The report as one self-contained page. */
export function renderCheckHtml(report: CheckReport, context: ReportContext): string {
  const { name, environment, provisional, digest } = report.platform;
  const { verdict, counts } = checkSummary(report);
  const controls = checkBoard(report, context);
  const stages = stagesOf(controls);
  return renderPage({
    title: `${verdict}: ${name}, ${environment}`,
    kicker: 'Launchgate check',
    heading: html`${name} <span>${environment}</span>`,
    verdict: { tone: TONES[checkVerdict(report)], word: verdict, text: counts },
    facts: [
      counted(report.deployables.length, 'deployable'),
      provisional ? 'judged by discovery, without a launchgate.yaml' : 'judged by launchgate.yaml',
    ],
    sections: [
      breaksSection(sortRows(report).breaks, context),
      boardSection(stages, 'Board'),
      controlsSection(stages),
      tracksSection(
        (context.tracks ?? []).map((track) => ({
          id: track.id,
          title: track.title,
          owner: track.owner,
          target: track.target,
          declared: track.status,
          controls: controls.filter((control) => track.controls.includes(control.meta.id)),
        })),
      ),
      topologySection(context.topology, subjectMarks(report)),
      unreadSection(report, context),
      basisSection(report),
    ],
    foot: [`launchgate ${report.tool.version}`, `platform ${digest}`],
  });
}

/** Every control that the report speaks of: judged, waiting for a spec, or without a subject. */
function checkBoard(report: CheckReport, context: ReportContext): BoardControl[] {
  const rows = Map.groupBy([...report.findings].sort(worstFirst), (row) => row.control);
  const ids = new Set([...rows.keys(), ...report.waiting, ...report.withoutSubject]);
  return [...ids].map((id) => {
    const items = (rows.get(id) ?? []).map(itemOf).sort(graveFirst);
    return {
      meta: controlMeta(context, id),
      link: docsLink(context, id),
      mark: gravest(items.map((item) => item.mark)),
      items,
    };
  });
}

function itemOf(row: CheckRow): BoardItem {
  return {
    subject: row.subject,
    mark: markOf(row),
    state: stateOf(row),
    because:
      row.ignored === undefined
        ? row.message
        : `${row.message} Ignored until ${row.ignored.until}: ${row.ignored.reason}`,
    severity: row.severity,
    ...(row.location === undefined ? {} : { place: placeOf(row) }),
    ...(row.remediation === undefined ? {} : { next: row.remediation }),
    ...(row.counterExample === undefined ? {} : { steps: row.counterExample }),
  };
}

function markOf(row: CheckRow): Mark {
  if (row.ignored !== undefined || row.known === true) return 'aside';
  if (row.outcome === 'pass') return 'good';
  if (row.outcome !== 'fail') return 'unknown';
  return row.severity === 'critical' || row.severity === 'high' ? 'bad' : 'weak';
}

function stateOf(row: CheckRow): string {
  if (row.ignored !== undefined) return 'ignored';
  if (row.known === true) return 'known';
  if (row.outcome === 'fail') return row.severity;
  return { pass: 'holds', inconclusive: 'could not tell', error: 'error' }[row.outcome];
}

function graveFirst(a: BoardItem, b: BoardItem): number {
  const marks: readonly Mark[] = ['bad', 'weak', 'unknown', 'aside', 'none', 'good'];
  return marks.indexOf(a.mark) - marks.indexOf(b.mark);
}

/** The gravest mark of each subject, for the picture. */
function subjectMarks(report: CheckReport): (id: string) => Mark | undefined {
  const marks = new Map<string, Mark>();
  for (const row of report.findings) {
    const mark = markOf(row);
    marks.set(row.subject, gravest([mark, marks.get(row.subject) ?? mark]));
  }
  return (id) => marks.get(id);
}
