import type { Statement, Wide } from './statements.ts';

/** Actions of AWS Secrets Manager that hand over what a secret holds. */
const READS = ['secretsmanager:getsecretvalue', 'secretsmanager:batchgetsecretvalue'];

/** `arn:aws:secretsmanager:eu-west-1:111122223333:secret:*`, and every resource of every kind. */
const EVERY_SECRET = /^\*+$|^arn:[^:]*:(?:\*|secretsmanager):[^:]*:[^:]*:(?:\*|secret:\*)$/;

/**
 * Leave to read every secret of an account, as one role of Kubernetes may have of a cluster. A condition, such as on the tag of the secret, may
 * bound it. What is not known of the resources is taken for a secret in particular.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
export function everySecret({ denies, ofResource, isBounded, actions, resources }: Statement): Wide | undefined {
  if (denies || ofResource || isBounded || !resources.some((resource) => EVERY_SECRET.test(resource))) return undefined;
  const reading = actions.filter((action) => READS.some((read) => covers(action.toLowerCase(), read)));
  return reading.length === 0
    ? undefined
    : { what: [...new Set(reading)].join(', '), where: 'every secret', severity: 'medium' };
}

/** Whether a pattern with `*` at its end, or an action as it is, stands for an action. Names of actions have no case. */
function covers(pattern: string, action: string): boolean {
  const stem = pattern.replace(/\*+$/, '');
  return stem === pattern ? pattern === action : action.startsWith(stem);
}
