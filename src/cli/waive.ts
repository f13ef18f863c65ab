import { waiverStatement } from '../gate/statements.ts';
import { PREDICATE } from '../model/evidence.ts';
import { exceptionVerb } from './exception.ts';

/** `launchgate waive CONTROL`. */
export const waive = exceptionVerb({
  noun: 'waiver',
  predicateType: PREDICATE.waiver,
  defaultFor: '14d',
  build: waiverStatement,
  examples: `
Examples
  launchgate waive replica-spread -s service/api -e production --for 7d -r "second zone is ordered, arrives on Friday"
  launchgate evidence show 4f2a9c1be0d3a7c5           look at what somebody asked for, then approve it
  launchgate waive --approve 4f2a9c1be0d3a7c5 -k ssh-agent

A waiver always ends, is approved by somebody other than who asks, is bounded in total over its renewals, and shows up in every report.`,
});
