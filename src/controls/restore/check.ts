import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Restore } from './input.ts';
import { DRILLED } from './kinds.ts';

/** Shorter than this nobody has said what is lost and why that is accepted. */
const SHORTEST_NOTE = 20;

export function check(_subject: Subject, input: Restore): Result {
  const { name, declared, riskNote } = input;
  if (!declared) return inconclusive(`without a spec nobody has said that ${name} must be restorable, and how fast`);
  const noted = isNote(riskNote);
  const findings = [
    ...(noted ? [] : drillFindings(input)),
    ...targetFindings(input),
    ...(riskNote === undefined || noted ? [] : [emptyNote(input)]),
  ];
  return failOr(
    findings,
    `store ${name} is restored ${howRestored(input)}${noted ? `; accepted: ${riskNote ?? ''}` : ''}`,
    {
      scheduled: input.scheduled,
      riskNote: noted,
    },
  );
}

function howRestored({ within, kind, scheduled }: Restore): string {
  if (within !== undefined) return `with store ${within}`;
  return DRILLED.has(kind) && scheduled ? 'by a drill of its own' : 'by no drill';
}

function drillFindings({ name, kind, within, scheduled }: Restore): Finding[] {
  if (within === undefined && !DRILLED.has(kind))
    return [
      problem(
        `store ${name}: no restore drill exists for a store of kind ${kind}, and no risk note accepts that`,
        'Restore it by hand, keep the record as evidence, and say as riskNote what cannot be rehearsed and why that is accepted.',
      ),
    ];
  if (scheduled) return [];
  return [
    problem(
      `store ${name}: no restore drill is scheduled`,
      'Schedule restore under drills, with how often and by whom, or accept the gap as riskNote.',
    ),
  ];
}

function targetFindings({ name, rpo, rto }: Restore): Finding[] {
  return [
    ...(rto === undefined
      ? [problem(`store ${name} declares no RTO to hold a restore to`, 'Declare the longest time to be back as rto.')]
      : []),
    ...(rpo === undefined
      ? [
          problem(
            `store ${name} declares no RPO to hold a restore to`,
            'Declare the largest loss that is accepted as rpo.',
          ),
        ]
      : []),
  ];
}

function isNote(text: string | undefined): boolean {
  return text !== undefined && text.trim().length >= SHORTEST_NOTE && !/\b(?:todo|tbd|fixme)\b|<[^>]+>/i.test(text);
}

function emptyNote({ name, riskNote }: Restore): Finding {
  return problem(
    `store ${name} has the risk note ${JSON.stringify(riskNote)}, which accepts nothing in particular`,
    'Say what cannot be restored, what that costs, and why it is accepted.',
  );
}

function problem(message: string, remediation: string): Finding {
  return { message, severity: 'high', remediation };
}
