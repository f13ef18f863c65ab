/** Who may make pods where a stronger service account lives: a pod runs as any account of its namespace that it names. */
import type { Finding } from '../../model/result.ts';
import type { Granted } from './grants.ts';
import { judgeBinding, judgeGrant } from './judge.ts';
import { podsMade } from './leading-on.ts';

const ACCOUNT = /^ServiceAccount (?<namespace>[^/]+)\/./;

/** Those who are too strong themselves are left out: what they hold is reported, or allowed to them. */
export function judgeMakers(granted: Granted, untrusted: (holders: readonly string[]) => readonly string[]): Finding[] {
  const strong = strongHolders(granted);
  return granted.grants.flatMap((grant): Finding[] => {
    const { namespace, role, origin } = grant;
    const made = podsMade(grant);
    const holders = untrusted(grant.holders).filter((holder) => !strong.has(holder));
    const account = [...strong].find((one) => ACCOUNT.exec(one)?.groups?.['namespace'] === namespace);
    if (namespace === undefined || account === undefined || made.length === 0 || holders.length === 0) return [];
    return [
      {
        message: `${holders.join(', ')} may make ${made.join(', ')} in namespace ${namespace} that run as ${account}, which holds far more, by ${role}`,
        severity: 'high',
        origin,
        remediation: `Let them make pods in another namespace than that of ${account}.`,
      },
    ];
  });
}

/** Holders of what is too much in the whole cluster, the trusted ones included. */
function strongHolders({ grants, foreign }: Granted): ReadonlySet<string> {
  return new Set([
    ...grants
      .filter((grant) => grant.namespace === undefined && judgeGrant(grant, grant.holders).length > 0)
      .flatMap(({ holders }) => holders),
    ...foreign
      .filter((binding) => binding.namespace === undefined && judgeBinding(binding, binding.holders).length > 0)
      .flatMap(({ holders }) => holders),
  ]);
}
