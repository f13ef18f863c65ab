import type { Decision, RequirementState } from '../../model/report.ts';
import { junitXml, type TestCase } from '../junit/xml.ts';
import { byStage, decisionCounts, isInPlace } from './actions.ts';

/** The decision as JUnit XML: a suite for each stage, a test for each requirement, and the verdict as a test of its own. */
export function renderDecisionJunit(decision: Decision): string {
  return junitXml(`launchgate gate ${decision.gate}`, [
    verdictCase(decision),
    ...decision.blocks.map((block): TestCase => ({
      suite: decision.gate,
      name: block.code,
      problem: { kind: 'failure', type: block.code, message: block.because, body: owned(block.next, block.owner) },
    })),
    ...byStage(decision.requirements).flatMap(([stage, requirements]) =>
      requirements.map((requirement) => requirementCase(stage, requirement)),
    ),
  ]);
}

function verdictCase(decision: Decision): TestCase {
  const test = { suite: decision.gate, name: `verdict for ${decision.environment}` };
  const counts = decisionCounts(decision);
  const because = decision.replay ? `Replay, never signed. ${counts}` : counts;
  if (decision.verdict === 'GO') return { ...test, output: `GO: ${because}` };
  return { ...test, problem: { kind: 'failure', type: decision.verdict, message: `${decision.verdict}: ${because}` } };
}

function requirementCase(stage: string, requirement: RequirementState): TestCase {
  const { control, subject, state, because, next, owner } = requirement;
  const test = { suite: stage, name: `${control} ${subject}` };
  if (state === 'satisfied') return { ...test, output: because };
  if (isInPlace(requirement)) return { ...test, problem: { kind: 'skipped', message: `${state}: ${because}` } };
  const kind = state === 'inconclusive' || state === 'error' ? 'error' : 'failure';
  return { ...test, problem: { kind, type: state, message: because, body: owned(next, owner) } };
}

function owned(next: string, owner: string | undefined): string {
  return owner === undefined ? next : `${owner}: ${next}`;
}
