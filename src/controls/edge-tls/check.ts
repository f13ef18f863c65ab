import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { covers } from '../../proofs/edge/ingress.ts';
import { HOST_NAME, type Certificate } from './certificates.ts';
import type { ProxySettings } from './proxies.ts';
import type { EdgeTls } from './query.ts';

export interface Params {
  readonly minHstsSeconds: number;
  readonly headers: readonly string[];
  readonly minRenewal: number;
}

type Host = EdgeTls['hosts'][number];

export function check(_subject: Subject, input: EdgeTls, params: Params): Result {
  const { hosts, plain, balancers, versions, proxies, endedBefore } = input;
  const findings = [
    ...hosts.flatMap((host) => hostFindings(host, endedBefore, params)),
    ...plain,
    ...balancers,
    ...versions,
    ...proxies.filter(({ known }) => known).flatMap((proxy) => proxyFindings(proxy, params)),
  ];
  if (findings.length === 0) {
    const unsure = unknownPart(input);
    if (unsure !== undefined) return inconclusive(unsure);
  }
  return failOr(findings, witness(hosts), {
    hosts: new Set(hosts.map(({ host }) => host)).size,
    proxies: proxies.length,
  });
}

/** What was judged of the hosts, those of which the same was judged named together. */
function witness(hosts: readonly Host[]): string {
  const judged = Map.groupBy(hosts, ({ tls, certificates }) => {
    if (tls === 'no') return 'TLS ended by the load balancer in front, HSTS and headers sent';
    const renewed = certificates.length === 0 ? '' : ', renewed by machine';
    return `TLS 1.2 or newer${renewed}, HTTP redirected, HSTS and headers sent`;
  });
  return [...judged]
    .map(([what, those]) => `${[...new Set(those.map(({ host }) => host))].join(', ')}: ${what}`)
    .join('; ');
}

/** Why nothing can be concluded although nothing wrong was found. */
function unknownPart({ hosts, redirecting, proxies, unclear }: EdgeTls): string | undefined {
  if (unclear[0] !== undefined) return unclear[0].value;
  if (hosts.length === 0)
    return redirecting[0] === undefined
      ? 'the repository shows no public host'
      : `${redirecting[0]} does nothing but redirect to HTTPS, and the repository shows no host that is served there`;
  const handedOn = hosts.find(({ tls }) => tls === 'passthrough');
  if (handedOn !== undefined)
    return `${handedOn.source} hands the TLS of ${handedOn.host} on to what is behind it, so its versions, certificate, HSTS and headers are not known`;
  const proxy = proxies.find(({ known }) => !known);
  if (proxy !== undefined)
    return `the settings of ${proxy.name} are not seen here, so TLS versions, HSTS and headers are not known`;
  const elsewhere = hosts.flatMap(({ certificates }) => certificates).find(({ issued }) => issued === 'elsewhere');
  return elsewhere === undefined
    ? undefined
    : `certificate ${elsewhere.secret} arrives by ${elsewhere.by}; what renews it is not in the repository`;
}

function hostFindings(
  { host, source, tls, certificates, origin }: Host,
  endedBefore: boolean,
  params: Params,
): Finding[] {
  if (tls === 'no') {
    if (endedBefore) return [];
    return [
      {
        message: `${source} serves ${host} without TLS`,
        severity: 'critical',
        origin,
        fromAbsence: true,
        remediation: 'Give the host a tls section or an HTTPS listener, with a certificate that cert-manager issues.',
      },
    ];
  }
  return [
    ...certificates.flatMap((certificate) => certificateFindings(certificate, host, origin, params)),
    ...otherNames(certificates, host),
    ...(endedBefore ? [] : distrustedBy(certificates, host)),
  ];
}

/** What clients see, unless a load balancer in front shows them another certificate. */
function distrustedBy(certificates: readonly Certificate[], host: string): Finding[] {
  return certificates.flatMap(({ secret, distrusted }) =>
    distrusted === undefined
      ? []
      : [
          {
            message: `no client trusts certificate ${secret} of ${host}: ${distrusted.value}`,
            severity: 'high',
            origin: distrusted.origin,
            remediation:
              'Issue it by an authority that clients know, such as the production directory of the same one.',
          } as const,
        ],
  );
}

/** Where the names of every certificate of the host are known, and none of them is good for it. */
function otherNames(certificates: readonly Certificate[], host: string): Finding[] {
  const [first] = certificates;
  const names = certificates.flatMap(({ names: known }) => known?.value ?? []);
  const isKnown = certificates.every((certificate) => certificate.names !== undefined);
  if (!HOST_NAME.test(host) || first?.names === undefined || !isKnown) return [];
  if (names.some((name) => covers(name.toLowerCase(), host.toLowerCase()))) return [];
  return [
    {
      message: `${certificates.map(({ by }) => by).join(' and ')} ${certificates.length === 1 ? 'is' : 'are'} for ${[...new Set(names)].join(', ')}, not for ${host}`,
      severity: 'high',
      origin: first.names.origin,
      remediation: `Add ${host} to its dnsNames.`,
    },
  ];
}

function certificateFindings(
  certificate: Certificate,
  host: string,
  origin: Finding['origin'],
  { minRenewal }: Params,
): Finding[] {
  const { secret, issued, by, leftAtRenewal: left } = certificate;
  const where = certificate.origin ?? origin;
  const place = where === undefined ? {} : { origin: where };
  if (issued === 'nothing')
    return [
      {
        message: `nothing in the repository issues certificate ${secret} of ${host}`,
        severity: 'high',
        fromAbsence: true,
        ...place,
        remediation: 'Issue it by a cert-manager Certificate or by an issuer annotation.',
      },
    ];
  if (issued === 'by-hand')
    return [
      {
        message: `certificate ${secret} of ${host} lies in the repository as ${by}, so people renew it`,
        severity: 'high',
        ...place,
        remediation: 'Issue it by a cert-manager Certificate or by an issuer annotation.',
      },
    ];
  if (left === undefined || (left >= minRenewal && left < 1)) return [];
  return [
    {
      message:
        left >= 1
          ? `${by} is to be renewed before it is issued: renewBefore is ${left === 1 ? 'all' : 'longer than all'} of its life`
          : `${by} is renewed when ${Number((left * 100).toFixed(1))} % of its life is left, less than ${minRenewal * 100} %`,
      severity: 'medium',
      ...place,
      remediation: 'Set renewBefore to about a third of the duration.',
    },
  ];
}

function proxyFindings({ name, protocols, hsts, headers, origin }: ProxySettings, params: Params): Finding[] {
  const findings: Finding[] = [];
  const old = protocols?.value.split(/\s+/).filter((version) => /^(?:SSLv[23]|TLSv1(?:\.[01])?)$/.test(version)) ?? [];
  if (protocols !== undefined && old.length > 0)
    findings.push({
      message: `${name} speaks ${old.join(', ')}`,
      severity: 'high',
      origin: protocols.origin,
      remediation: 'Leave TLSv1.2 and TLSv1.3.',
    });
  if (hsts !== undefined && hsts.value < params.minHstsSeconds)
    findings.push({
      message:
        hsts.value === 0
          ? `${name} sends no Strict-Transport-Security`
          : `${name} sends HSTS for ${hsts.value} s, less than ${params.minHstsSeconds}`,
      severity: 'medium',
      origin: hsts.origin,
      remediation: `Send Strict-Transport-Security with a max-age of at least ${params.minHstsSeconds}.`,
    });
  const missing = params.headers.filter(
    (wanted) => !wanted.split('|').some((header) => headers.includes(header.toLowerCase())),
  );
  if (missing.length > 0)
    findings.push({
      message: `${name} adds no ${missing.map((header) => header.replaceAll('|', ' or ')).join(', no ')}`,
      severity: 'medium',
      origin,
      fromAbsence: true,
      remediation: 'Add the headers at the edge, by add-headers or add_header.',
    });
  return findings;
}
