import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Leak } from './found.ts';
import type { Scan } from './leaks.ts';

interface Params {
  readonly allowed: readonly string[];
}

export function check(_subject: unknown, { leaks, unread, looked }: Scan, params: Params): Result {
  if (looked.objects + looked.blocks + looked.files + unread.length === 0)
    return inconclusive(
      'there is no manifest, Terraform, Dockerfile, workflow or file of settings or logins to look through',
    );
  const findings = leaks.filter((leak) => !params.allowed.includes(leak.name)).map(toFinding);
  if (findings.length === 0 && unread.length > 0)
    return inconclusive(`no Terraform root takes ${unread.join(', ')}, which was not read`);
  return failOr(
    findings,
    `${looked.objects} objects, ${looked.blocks} Terraform blocks and ${looked.files} other files hold no credential in clear`,
    looked,
  );
}

function toFinding({ where, name, kind, origin }: Leak): Finding {
  const guessed = kind === 'a credential by its name' || kind === 'a default password';
  return {
    message: `${where} holds ${kind}${name === '' ? '' : ` in ${name}`}`,
    severity: guessed ? 'high' : 'critical',
    origin,
    remediation: 'Revoke it, since history keeps it, and let the chosen secret mechanism deliver its successor.',
  };
}
