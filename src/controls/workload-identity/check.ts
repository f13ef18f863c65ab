import type { Subject } from '../../model/control.ts';
import { formatDuration, seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { judgeAccount } from './account.ts';
import { judgeCertificates } from './certificate.ts';
import type { Identities, Identity } from './input.ts';

export interface Params {
  readonly maxCertificateTtl: string;
  readonly maxTokenTtl: string;
  readonly sharedAccounts: readonly string[];
  readonly trustedTokens: readonly string[];
}

export function check(_subject: Subject, input: Identities, params: Params): Result {
  const limits = { certificate: seconds(params.maxCertificateTtl), token: seconds(params.maxTokenTtl) };
  const certificates = input.workloads.map((one) => judgeCertificates(one, limits.certificate));
  const findings = unique([
    ...input.workloads.flatMap((one) => judgeAccount(one, params, limits.token)),
    ...certificates.flatMap((one) => one.findings),
    ...withoutCertificate(input),
    ...input.lasting.map(lastingToken),
  ]);
  const open = certificates.flatMap((one) => one.open)[0];
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  const stray = input.workloads.find(({ unmade }) => unmade !== undefined);
  if (findings.length === 0 && stray !== undefined)
    return inconclusive(`${stray.workload} runs as ${stray.unmade}`, stray.account.origin);
  return failOr(findings, summary(input), facts(input));
}

/** Mutual TLS needs something to show. Without a declared flow nobody says that a workload must have a certificate. */
function withoutCertificate({ workloads, mutual }: Identities): Finding[] {
  const [flow] = mutual;
  if (flow === undefined) return [];
  return workloads
    .filter(({ certificates, mesh }) => certificates.length === 0 && mesh === undefined)
    .map(({ workload, origin }) => ({
      message: `${workload} takes part in ${mutual.length === 1 ? `the flow ${flow}` : `${mutual.length} flows, ${flow} among them,`} over mutual TLS and mounts no certificate`,
      severity: 'high',
      origin,
      fromAbsence: true,
      remediation: 'Issue it a Certificate of its own with cert-manager, or a CSI volume of SPIFFE, and mount it.',
    }));
}

function lastingToken({ value, secret, origin }: Identities['lasting'][number]): Finding {
  return {
    message: `Secret ${secret} holds a token of service account ${value} that never expires`,
    severity: 'high',
    origin,
    remediation:
      'Delete the Secret, and ask for a token with an audience and a lifetime: a projected volume, or TokenRequest.',
  };
}

function summary({ workloads, lasting }: Identities): string {
  if (workloads.length === 0) return `no token outlives its pod, ${lasting.length} Secrets hold one`;
  const accounts = [...new Set(workloads.map(({ account }) => account.value))];
  const lives = workloads.flatMap(({ certificates }) => certificates.flatMap(({ ttl }) => ttl ?? []));
  const meshes = [...new Set(workloads.flatMap(({ mesh }) => mesh ?? []))];
  const certificates =
    lives.length > 0
      ? `, certificates live at most ${formatDuration(Math.max(...lives))}`
      : meshes.length > 0
        ? `, certificates are those of ${meshes.join(', ')}`
        : '';
  return `${accounts.length === 1 ? 'service account' : 'service accounts'} ${accounts.join(', ')}, used by nothing else${certificates}`;
}

function facts({ workloads }: Identities): Record<string, number> {
  return {
    workloads: workloads.length,
    accounts: new Set(workloads.map(({ account }: Identity) => account.value)).size,
    certificates: new Set(workloads.flatMap(({ certificates }) => certificates.map(({ name }) => name))).size,
    tokensMounted: workloads.filter(({ token }) => token.value === 'yes').length,
  };
}

/** Workloads that share a certificate share its faults. */
function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}
