import type { Decision } from '../../model/report.ts';
import type { ReportContext } from '../context.ts';
import { foldedTable, withinLimit, type Part } from '../markdown/budget.ts';
import { mdCode, mdText } from '../markdown/escape.ts';
import { actionsOf, byStage, candidateName, choicesInWords, decisionCounts, isInPlace } from './actions.ts';
import { evidenceAge, expiry } from './age.ts';

/** The decision as a comment or a release note: the verdict, what leads to GO, the rest folded. */
export function renderDecisionMarkdown(decision: Decision, context: ReportContext): string {
  const start = [
    `<!-- launchgate gate ${decision.gate.replaceAll(/[^a-z0-9.-]/gi, '-').replaceAll(/-{2,}/g, '-')} -->`,
    `### ${decision.verdict}: ${mdText(decision.gate)}, ${mdText(decision.environment)}`,
    '',
    `**${mdText(decisionCounts(decision))}**`,
    '',
    `${decision.replay ? 'Replay, never signed. ' : ''}Candidate ${mdCode(candidateName(decision))}, decided ${mdText(decision.at)}, policy version ${decision.policy.version}, ledger of ${decision.ledger.size} entries.`,
    ...choicesInWords(decision).flatMap((choice) => ['', `Chosen by whoever decided: ${mdText(choice)}.`]),
    ...(decision.breakGlass === undefined
      ? []
      : [
          '',
          `**Break-glass in force until ${mdText(decision.breakGlass.expires)}:** ${mdText(decision.breakGlass.reason)}`,
        ]),
  ].join('\n');
  const parts = [
    blocksPart(decision),
    actionsPart(decision),
    tracksPart(decision),
    waiversPart(decision),
    inPlacePart(decision, context),
  ];
  return withinLimit(start, parts, '');
}

function blocksPart(decision: Decision): Part {
  return {
    of: 'blocks',
    head: ['', '#### What blocks the gate as a whole', ''],
    items: decision.blocks.map(
      (block) => `- ${mdText(block.because)} **${mdText(block.owner ?? 'anyone')}:** ${mdText(block.next)}`,
    ),
    tail: [],
  };
}

function actionsPart(decision: Decision): Part {
  return {
    of: 'actions',
    head: ['', '#### To GO', '', '| Stage | Owner | Do | Because |', '| --- | --- | --- | --- |'],
    items: actionsOf(decision).map((action) => {
      const because = action.requirements.map(
        ({ control, subject, state, because: reason }) =>
          `${mdCode(control)} ${mdCode(subject)} ${state}: ${mdText(reason)}`,
      );
      return `| ${action.stage} | ${mdText(action.owner ?? 'nobody')} | ${mdText(action.next)} | ${because.join('<br>')} |`;
    }),
    tail: [],
  };
}

function tracksPart(decision: Decision): Part {
  return foldedTable(
    'tracks',
    'Tracks',
    ['Track', 'Status', 'Owner', 'Target', 'Because'],
    decision.tracks.map((track) => [
      mdText(track.title),
      track.declared === undefined || track.declared === track.derived
        ? mdText(track.derived)
        : mdText(`${track.derived}, declared ${track.declared}`),
      mdText(track.owner ?? ''),
      mdText(track.target ?? ''),
      mdText(track.because),
    ]),
  );
}

function waiversPart(decision: Decision): Part {
  return foldedTable(
    'waivers',
    `Waivers (${decision.waivers.length})`,
    ['Control', 'Subject', 'Reason', 'Approved by', 'Until'],
    decision.waivers.map((waiver) => [
      mdCode(waiver.control),
      mdCode(waiver.subject),
      mdText(waiver.reason),
      mdText(waiver.approver),
      mdText(waiver.expires),
    ]),
  );
}

function inPlacePart(decision: Decision, context: ReportContext): Part {
  const inPlace = byStage(decision.requirements.filter(isInPlace)).flatMap(([, group]) => group);
  return foldedTable(
    'requirements in place',
    `In place (${inPlace.length})`,
    ['Stage', 'Control', 'Subject', 'State', 'Because', 'Evidence'],
    inPlace.map((requirement) => [
      requirement.stage,
      mdCode(requirement.control),
      mdCode(requirement.subject),
      requirement.state,
      mdText(requirement.because),
      [
        ...requirement.evidence.map((digest) => mdText(evidenceAge(digest, decision, context))),
        ...(requirement.expires === undefined ? [] : [mdText(expiry(requirement.expires, decision))]),
      ].join('<br>'),
    ]),
  );
}
