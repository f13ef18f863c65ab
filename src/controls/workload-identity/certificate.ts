import { formatDuration } from '../../model/duration.ts';
import type { Finding } from '../../model/result.ts';
import type { Identity } from './input.ts';

type Held = Identity['certificates'][number];

/** What is wrong with the certificates of a workload, and what cannot be told of them. `maxTtl`: seconds. */
export function judgeCertificates(identity: Identity, maxTtl: number): { findings: Finding[]; open: string[] } {
  const open = identity.certificates
    .filter(({ ttl }) => ttl === undefined)
    .map(
      ({ name }) =>
        `how long ${name}, which ${identity.workload} presents, lives and who renews it is not in the manifests`,
    );
  const findings = identity.certificates.flatMap((certificate) => [
    ...lifetime(certificate, maxTtl),
    ...keptKey(certificate),
    ...shared(identity, certificate),
    ...wrongName(identity, certificate),
  ]);
  return { findings, open };
}

function lifetime({ name, ttl, renewBefore, byDefault, origin }: Held, maxTtl: number): Finding[] {
  if (ttl === undefined) return [];
  if (renewBefore !== undefined && renewBefore >= ttl)
    return [
      {
        message: `${name} lives ${formatDuration(ttl)} and is to be renewed ${formatDuration(renewBefore)} before its end: cert-manager refuses it`,
        severity: 'high',
        origin,
        remediation: 'Set renewBefore to less than duration; a third of it is usual.',
      },
    ];
  if (ttl <= maxTtl) return [];
  return [
    {
      message: `${name} lives ${formatDuration(ttl)}${byDefault ? ', the default of its issuer' : ''}: a stolen key is good for as long, and the limit is ${formatDuration(maxTtl)}`,
      severity: 'medium',
      origin,
      remediation: `Set duration to ${Math.floor(maxTtl / 3600)}h or less, and renewBefore to a third of it.`,
    },
  ];
}

function keptKey({ name, keepsKey, origin }: Held): Finding[] {
  if (!keepsKey) return [];
  return [
    {
      message: `${name} keeps its private key at every renewal (rotationPolicy: Never), so a stolen key never expires`,
      severity: 'medium',
      origin,
      remediation: 'Set privateKey.rotationPolicy: Always.',
    },
  ];
}

function shared({ workload }: Identity, { name, others, origin }: Held): Finding[] {
  if (others.length === 0) return [];
  return [
    {
      message: `${workload} presents ${name}, and so ${others.length === 1 ? 'does' : 'do'} ${others.join(', ')}: a server cannot tell them apart`,
      severity: 'high',
      origin,
      remediation: 'Issue each workload a Certificate of its own, into a Secret of its own.',
    },
  ];
}

const SPIFFE = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/;

/** `spiffe://DOMAIN/ns/NAMESPACE/sa/ACCOUNT` is read by meshes and by people as the account the pod runs as. */
function wrongName({ workload, account }: Identity, { name, ids, origin }: Held): Finding[] {
  return ids.flatMap((id) => {
    const [, namespace, own] = SPIFFE.exec(id) ?? [];
    if (own === undefined || `${namespace}/${own}` === account.value) return [];
    return [
      {
        message: `${name} calls itself ${id}, and ${workload}, which presents it, runs as ${account.value}`,
        severity: 'high' as const,
        origin,
        remediation: 'Name in the SPIFFE id the service account that the pod runs as.',
      },
    ];
  });
}
