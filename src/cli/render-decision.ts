import type { Decided } from '../app/decide.ts';
import type { Project } from '../app/project.ts';
import { reportContext } from '../app/report-context.ts';
import type { Digest } from '../model/digest.ts';
import type { ReportContext } from '../report/context.ts';
import type { Io } from './io.ts';
import { humanOptions } from './render.ts';

/** A decision in the format that was asked for. */
export async function renderDecisionFor(
  format: string,
  decided: Decided,
  project: Project,
  io: Io,
  verbose: boolean,
): Promise<string> {
  const { decision } = decided;
  if (format === 'json') return (await import('../report/decision/json.ts')).renderDecisionJson(decision);
  if (format === 'junit') return (await import('../report/decision/junit.ts')).renderDecisionJunit(decision);
  const context = await decisionContext(decided, project);
  switch (format) {
    case 'markdown':
      return (await import('../report/decision/markdown.ts')).renderDecisionMarkdown(decision, context);
    case 'html':
      return (await import('../report/decision/html.ts')).renderDecisionHtml(decision, context);
    default:
      return (await import('../report/decision/human.ts')).renderDecisionHuman(
        decision,
        context,
        humanOptions(io, verbose),
      );
  }
}

async function decisionContext({ facts, report, trust, decision }: Decided, project: Project): Promise<ReportContext> {
  const used = new Set<Digest>([
    ...(decision.inputs ?? []),
    ...decision.requirements.flatMap(({ evidence }) => evidence),
  ]);
  const evidence = trust.evidence
    .filter(({ digest }) => used.has(digest))
    .map(({ digest, statement, sequencedAt, persons }) => ({
      digest,
      title: titleOf(statement.predicateType, persons),
      at: sequencedAt,
    }));
  return { ...(await reportContext(facts, project.root)), check: report, evidence };
}

/** `https://launchgate.dev/predicate/sign-off/v1` by ana -> `sign-off by ana`. */
function titleOf(predicateType: string, persons: readonly string[]): string {
  const kind = predicateType.split('/').at(-2) ?? predicateType;
  return persons.length === 0 ? kind : `${kind} by ${persons.join(', ')}`;
}
