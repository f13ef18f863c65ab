import { formatDuration } from '../../model/duration.ts';
import type { Finding } from '../../model/result.ts';
import type { Identity } from './input.ts';

interface Allowed {
  readonly sharedAccounts: readonly string[];
  readonly trustedTokens: readonly string[];
}

/** What is wrong with the account a workload runs as, and with the tokens it is given. `maxToken`: seconds. */
export function judgeAccount(identity: Identity, allowed: Allowed, maxToken: number): Finding[] {
  return [
    ...(identity.account.value.endsWith('/default') ? [runsAsDefault(identity)] : shared(identity, allowed)),
    ...needlessToken(identity, allowed),
    ...identity.cloud.flatMap((cloud) => sharedInCloud(identity, cloud, allowed)),
    ...identity.projected.flatMap((token) => judgeProjected(identity, token, maxToken)),
  ];
}

function runsAsDefault({ workload, account }: Identity): Finding {
  return {
    message: `${workload} runs as service account ${account.value}, as does every pod of the namespace that names none`,
    severity: 'high',
    origin: account.origin,
    remediation: 'Make a ServiceAccount of its own and name it in serviceAccountName.',
  };
}

function shared({ workload, account, shares }: Identity, { sharedAccounts }: Allowed): Finding[] {
  if (shares.length === 0 || sharedAccounts.includes(account.value)) return [];
  return [
    {
      message: `${workload} runs as service account ${account.value}, which ${list(shares)} ${shares.length === 1 ? 'runs' : 'run'} as too: who takes one over is the other`,
      severity: 'high',
      origin: account.origin,
      remediation: 'Give each a ServiceAccount of its own, with the rights that it alone needs.',
    },
  ];
}

/** A binding somewhere else may need the token, so the finding rests on absence. */
function needlessToken({ workload, account, token, usesApi }: Identity, { trustedTokens }: Allowed): Finding[] {
  if (token.value !== 'yes' || usesApi || trustedTokens.includes(account.value)) return [];
  return [
    {
      message: `${workload} is given a token for the Kubernetes API, and no role is bound to ${account.value}`,
      severity: 'medium',
      origin: token.origin,
      fromAbsence: true,
      remediation: `Set automountServiceAccountToken: false, or bind the role it needs to ${account.value}.`,
    },
  ];
}

function sharedInCloud(
  { workload, account }: Identity,
  { value, others, origin }: Identity['cloud'][number],
  { sharedAccounts }: Allowed,
): Finding[] {
  if (others.length === 0 || sharedAccounts.includes(account.value)) return [];
  return [
    {
      message: `${workload} becomes ${value} in the cloud, which ${list(others.map((other) => `service account ${other}`))} may become too`,
      severity: 'high',
      origin,
      remediation: 'Give each service account a cloud role of its own, which trusts that one account.',
    },
  ];
}

function judgeProjected(
  { workload, usesApi }: Identity,
  { volume, audience, seconds, origin }: Identity['projected'][number],
  maxToken: number,
): Finding[] {
  const named = `volume ${volume} of ${workload}`;
  const findings: Finding[] = [];
  if (audience === undefined && !usesApi)
    findings.push({
      message: `the token in ${named} names no audience, so the Kubernetes API takes it`,
      severity: 'medium',
      origin,
      remediation: 'Name in audience whom the token is for.',
    });
  if (seconds > maxToken)
    findings.push({
      message: `the token in ${named} lives ${formatDuration(seconds)}, more than ${formatDuration(maxToken)}`,
      severity: 'medium',
      origin,
      remediation: `Set expirationSeconds to ${maxToken} or less; the kubelet renews it in time.`,
    });
  return findings;
}

function list(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
