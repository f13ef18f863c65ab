import type { Statement, Wide } from './statements.ts';

/** A service of AWS that keeps secrets: the actions that hand over what one holds, in lower case, and the ARNs of all of them. */
interface Keeper {
  readonly reads: readonly string[];
  readonly all: RegExp;
  readonly what: string;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html, and list_awssystemsmanager.html */
const KEEPERS: readonly Keeper[] = [
  {
    reads: ['secretsmanager:getsecretvalue', 'secretsmanager:batchgetsecretvalue'],
    all: /^\*+$|^arn:[^:]*:(?:\*|secretsmanager):[^:]*:[^:]*:(?:\*|secret:\*)$/,
    what: 'every secret',
  },
  {
    reads: ['ssm:getparameter', 'ssm:getparameters', 'ssm:getparametersbypath', 'ssm:getparameterhistory'],
    all: /^\*+$|^arn:[^:]*:(?:\*|ssm):[^:]*:[^:]*:(?:\*|parameter\/?\*)$/,
    what: 'every parameter',
  },
];

/**
 * Leave to read every secret of an account, as one role of Kubernetes may have of a cluster. A condition, such as on the tag of the secret, may
 * bound it. What is not known of the resources is taken for a secret in particular.
 */
export function everySecret({ denies, ofResource, isBounded, actions, resources }: Statement): Wide | undefined {
  if (denies || ofResource || isBounded) return undefined;
  const read = KEEPERS.flatMap(({ reads, all, what }) => {
    if (!resources.some((resource) => all.test(resource))) return [];
    const reading = actions.filter((action) => reads.some((one) => covers(action.toLowerCase(), one)));
    return reading.length === 0 ? [] : [{ reading, what }];
  });
  if (read.length === 0) return undefined;
  return {
    what: [...new Set(read.flatMap(({ reading }) => reading))].join(', '),
    where: read.map(({ what }) => what).join(' and '),
    severity: 'medium',
  };
}

/** Whether a pattern with `*` at its end, or an action as it is, stands for an action. Names of actions have no case. */
function covers(pattern: string, action: string): boolean {
  const stem = pattern.replace(/\*+$/, '');
  return stem === pattern ? pattern === action : action.startsWith(stem);
}
