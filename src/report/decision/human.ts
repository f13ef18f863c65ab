import type { Decision, RequirementState, TrackState } from '../../model/report.ts';
import type { HumanOptions, ReportContext } from '../context.ts';
import { pageOf, type Page } from '../text/page.ts';
import type { Tone } from '../text/style.ts';
import { visible } from '../text/visible.ts';
import {
  actionsOf,
  byStage,
  candidateName,
  choicesInWords,
  decisionCounts,
  isInPlace,
  type Action,
} from './actions.ts';
import { evidenceAge } from './age.ts';

/**
 * The decision for a terminal: the verdict, then the shortest list of actions to GO by stage and owner, the tracks, what
 * was waived; last the verdict again, with its counts.
 */
export function renderDecisionHuman(decision: Decision, context: ReportContext, options: HumanOptions): string {
  const page = pageOf(options);
  const tone: Tone = decision.verdict === 'GO' ? 'pass' : 'critical';
  const lines = [
    ...page.labelled(0, decision.verdict, `${decision.gate}, ${decision.environment}`, tone),
    ...page.text(0, subline(decision), 'quiet'),
    ...page.section('Chosen by whoever decided', undefined, choiceLines(page, decision)),
    ...page.section('What blocks the gate as a whole', decision.blocks.length, blockLines(page, decision)),
    ...actionSections(page, decision),
    ...page.section('Tracks', undefined, trackLines(page, decision.tracks)),
    ...page.section('Waivers', decision.waivers.length, waiverLines(page, decision)),
    ...page.section('Break-glass', undefined, breakGlassLines(page, decision)),
    ...page.section(
      'Notes',
      undefined,
      (decision.notes ?? []).flatMap((note) => page.labelled(2, '-', note)),
    ),
    ...(page.verbose ? requirementSections(page, decision, context) : []),
    '',
    ...page.labelled(0, decision.verdict, decisionCounts(decision), tone),
    ...(options.next ?? []).map(
      (command, index) => `${page.paint('quiet', index === 0 ? 'Next' : '    ')}  ${visible(command)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function subline(decision: Decision): string {
  const replay = decision.replay ? 'Replay, never signed. ' : '';
  return `${replay}Candidate ${candidateName(decision)}, decided ${decision.at}, policy version ${decision.policy.version}, ledger of ${decision.ledger.size} entries`;
}

function choiceLines(page: Page, decision: Decision): string[] {
  return choicesInWords(decision).flatMap((choice) => page.labelled(2, '-', choice));
}

function blockLines(page: Page, decision: Decision): string[] {
  return decision.blocks.flatMap((block) => [
    ...page.text(2, block.because),
    ...page.labelled(4, block.owner ?? 'anyone', block.next, 'path'),
  ]);
}

function actionSections(page: Page, decision: Decision): string[] {
  const actions = actionsOf(decision);
  return [...Map.groupBy(actions, (action) => action.stage)].flatMap(([stage, group]) =>
    page.section(
      `To GO, ${stage}`,
      group.length,
      group.flatMap((action) => actionLines(page, action)),
    ),
  );
}

function actionLines(page: Page, action: Action): string[] {
  return [
    ...page.labelled(2, action.owner ?? 'nobody', action.next, action.owner === undefined ? 'critical' : 'path'),
    ...page.few(4, action.requirements, (requirement) => requirementLines(page, requirement)),
  ];
}

function requirementLines(page: Page, requirement: RequirementState): string[] {
  return [
    ...page.columns(
      4,
      [[requirement.state, requirement.control, requirement.subject]],
      [stateTone(requirement), 'strong', undefined],
    ),
    ...page.text(6, requirement.because, 'quiet'),
  ];
}

function trackLines(page: Page, tracks: readonly TrackState[]): string[] {
  const rows = tracks.map((track) => [
    track.title,
    track.declared === undefined || track.declared === track.derived
      ? track.derived
      : `${track.derived}, declared ${track.declared}`,
    track.because,
    [track.owner, track.target].filter((part) => part !== undefined).join(', '),
  ]);
  return page.columns(2, rows, ['strong', undefined, undefined, 'quiet']);
}

function waiverLines(page: Page, decision: Decision): string[] {
  return decision.waivers.flatMap((waiver) => [
    ...page.columns(2, [[waiver.control, waiver.subject, `until ${waiver.expires}`]], ['strong', undefined, 'quiet']),
    ...page.text(4, `${waiver.reason} Approved by ${waiver.approver}.`),
  ]);
}

function breakGlassLines(page: Page, decision: Decision): string[] {
  if (decision.breakGlass === undefined) return [];
  const { reason, persons, expires } = decision.breakGlass;
  return page.text(2, `${reason} By ${persons.join(', ')}, until ${expires}.`, 'critical');
}

function requirementSections(page: Page, decision: Decision, context: ReportContext): string[] {
  return byStage(decision.requirements.filter(isInPlace)).flatMap(([stage, requirements]) =>
    page.section(
      `In place, ${stage}`,
      requirements.length,
      requirements.flatMap((requirement) => [
        ...requirementLines(page, requirement),
        ...requirement.evidence.flatMap((digest) => page.text(6, evidenceAge(digest, decision, context), 'quiet')),
      ]),
    ),
  );
}

function stateTone(requirement: RequirementState): Tone {
  if (requirement.state === 'satisfied') return 'pass';
  if (requirement.state === 'inconclusive' || requirement.state === 'error') return 'unknown';
  return isInPlace(requirement) ? 'medium' : 'critical';
}
