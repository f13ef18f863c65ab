import { exclusionStatement } from '../gate/statements.ts';
import { PREDICATE } from '../model/evidence.ts';
import { exceptionVerb } from './exception.ts';

/** `launchgate exclude CONTROL`. */
export const exclude = exceptionVerb({
  noun: 'exclusion',
  predicateType: PREDICATE.exclusion,
  defaultFor: '90d',
  build: exclusionStatement,
  examples: `
Examples
  launchgate exclude on-prem-topology -e production -r "runs in a managed cloud, there is no bare metal"
  launchgate evidence show 9be0d3a7c54f2a1c           look at what somebody asked for, then approve it
  launchgate exclude --approve 9be0d3a7c54f2a1c

An exclusion says that a control does not apply. notApplicable in the spec asks for one; only this signs it. It ends like a waiver.`,
});
