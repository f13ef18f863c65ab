import { baselineFacts, lessThanLastGo, type Weakening } from '../gate/baseline.ts';
import { baselineStatement } from '../gate/statements.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Recorded } from './acts.ts';
import { demandCommit } from './demand-commit.ts';
import { decideGate, type DecideOptions } from './decide.ts';
import { act, type Desk } from './human-acts.ts';

/** What an owner accepted: in what ways the commit demands less, and where the signature lies. */
export interface Accepted {
  readonly recorded: Recorded;
  readonly environment: string;
  readonly less: readonly [Weakening, ...Weakening[]];
}

/**
 * Signs, as an owner of the policy, what the commit that is checked out demands in place of what the last GO did. It stands once the
 * owners' quorum signed the same statement. Throws `refused` for who is no owner, for what is no commit, and where nothing is weaker.
 */
export async function acceptLess(
  desk: Desk,
  options: Pick<DecideOptions, 'gate' | 'environment' | 'now' | 'render'>,
): Promise<Accepted> {
  const { persons } = desk.trust.policy.policy.owners;
  if (!persons.includes(desk.person))
    throw new LaunchgateError('refused', `${desk.person} is no owner of the policy`, {
      next: `Have it accepted by ${persons.join(', ')}.`,
    });
  const { decision, input } = await decideGate(desk.project, { ...options, ledger: desk.ledger });
  demandCommit(input, 'accept');
  const [first, ...more] = lessThanLastGo(input);
  if (first === undefined)
    throw new LaunchgateError('refused', `it demands no less than at the last GO for ${decision.environment}`, {
      next: `There is nothing to accept: run "launchgate gate ${options.gate}".`,
    });
  const recorded = await act(desk, baselineStatement(decision, baselineFacts(input)));
  return { recorded, environment: decision.environment, less: [first, ...more] };
}
