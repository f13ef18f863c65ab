/** What is declared of a certificate, what issues it in the manifests, and what watches over it. */
import type { Query, Subject } from '../../model/control.ts';
import { seconds, parseDuration } from '../../model/duration.ts';
import { cursor, workloadName, type KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { longestPause } from '../../model/schedule.ts';
import type { Spec } from '../../model/spec.ts';
import { dashboards } from '../../proofs/alerting/dashboards.ts';
import { grafanaAlerts } from '../../proofs/alerting/grafana/rules.ts';
import { alertRules } from '../../proofs/alerting/rules.ts';
import { documentsIn, type NamedDocument } from '../../proofs/documents/index.ts';

export interface Lifecycle {
  readonly declared?: Spec['certificates'][number];
  readonly sop: readonly NamedDocument[];
  /** A public authority issues it, by ACME. */
  readonly acme: boolean;
  /** What issues it is in the manifests; undefined where there are none that could tell. */
  readonly issuerFound?: boolean;
  /** Common names of the Certificate objects that are issued so. */
  readonly holders: readonly string[];
  readonly objects: readonly Issued[];
  /** Alerts on the end of certificates, and panels that show it. */
  readonly alerts: readonly string[];
  readonly panels: number;
  readonly jobs: readonly Job[];
}

/** A Certificate of cert-manager. */
export interface Issued {
  readonly name: string;
  readonly issuer: string;
  /** Seconds; cert-manager's default where none is written. */
  readonly ttl: number;
  readonly renewBefore?: number;
  readonly origin: Origin;
}

/** A CronJob that looks at certificates. */
export interface Job {
  readonly name: string;
  /** Undefined: its schedule cannot be read. */
  readonly everySeconds?: number;
  readonly suspended: boolean;
  readonly origin: Origin;
}

/** cert-manager: `DefaultCertificateDuration`, `pkg/apis/certmanager/v1/const.go`. */
const DEFAULT_TTL = 90 * 86_400;
/** Names of metrics that tell when a certificate ends: cert-manager, the blackbox exporter, x509-certificate-exporter. */
const EXPIRY = /cert\w*_expir|cert\w*_not_after|ssl_\w*expir|earliest_cert_expiry|tls_\w*expir/;
const ACME_NAME = /letsencrypt|lets-encrypt|acme|zerossl/i;

/** Those that the spec declares, and every way of issuing in the manifests that it does not. */
export function certificates(view: PlatformView): Subject[] {
  const declared = view.spec.certificates.map(({ name }) => name);
  const others = issued(view)
    .filter((one) => !view.spec.certificates.some((certificate) => isIssuedAs(one, certificate)))
    .map(nameOf);
  return [...new Set([...declared, ...others])].map((name) => ({ kind: 'credential', name }));
}

export function lifecycle(subject: Subject): Query<Lifecycle> {
  return (view) => {
    const declared = view.spec.certificates.find(({ name }) => name === subject.name);
    const own = issued(view).filter((one) =>
      declared === undefined ? nameOf(one) === subject.name : isIssuedAs(one, declared),
    );
    const issuer = declared?.issuer ?? own[0]?.issuer;
    const found = issuer === undefined ? undefined : issuers(view).find(({ name }) => name === issuer);
    return {
      ...(declared !== undefined && { declared }),
      sop: declared?.sop === undefined ? [] : documentsIn(view, declared.sop),
      acme: found === undefined ? ACME_NAME.test(issuer ?? '') : cursor(found).get('spec', 'acme').exists,
      ...(issuer !== undefined && issuers(view).length > 0 && { issuerFound: found !== undefined }),
      holders: [...new Set(own.map(({ holder }) => holder))].toSorted(),
      objects: own.map(({ name, issuer: by, ttl, renewBefore, origin }) => ({
        name,
        issuer: by,
        ttl,
        ...(renewBefore !== undefined && { renewBefore }),
        origin,
      })),
      alerts: [...alertRules(view), ...grafanaAlerts(view).map(({ name, words }) => ({ name, expr: words }))]
        .filter(({ expr }) => EXPIRY.test(expr))
        .map(({ name }) => name),
      panels: dashboards(view).flatMap(({ queries }) => queries.filter(({ text }) => EXPIRY.test(text))).length,
      jobs: jobs(view),
    };
  };
}

type Read = Issued & { readonly holder: string };

const issued = oncePerPlatform((view: PlatformView): readonly Read[] =>
  view.objects('Certificate.cert-manager.io').map((object) => {
    const spec = cursor(object).get('spec');
    const ttl = parseDuration(spec.get('duration').string() ?? '') ?? DEFAULT_TTL;
    const renewBefore = parseDuration(spec.get('renewBefore').string() ?? '');
    return {
      name: `Certificate ${object.namespace ?? 'default'}/${object.name}`,
      holder: spec.get('commonName').string() ?? object.name,
      issuer: spec.get('issuerRef', 'name').string() ?? '',
      ttl,
      ...(renewBefore !== undefined && { renewBefore }),
      origin: object.origin,
    };
  }),
);

function issuers(view: PlatformView): readonly KubeObject[] {
  return [...view.objects('ClusterIssuer.cert-manager.io'), ...view.objects('Issuer.cert-manager.io')];
}

/** A spec names no objects: what has the same issuer and life is the same kind of certificate. */
function isIssuedAs({ issuer, ttl }: Issued, declared: Spec['certificates'][number]): boolean {
  return declared.issuer === issuer && (declared.ttl === undefined || seconds(declared.ttl) === ttl);
}

function nameOf({ issuer, ttl }: Issued): string {
  return `${issuer || 'no-issuer'}-${Math.round(ttl / 3600)}h`;
}

const jobs = oncePerPlatform((view: PlatformView): readonly Job[] =>
  view
    .workloads()
    .filter((workload) => workload.kind === 'CronJob' && looksAtCertificates(workload.object))
    .map((workload) => {
      const spec = cursor(workload.object).get('spec');
      const pause = longestPause(spec.get('schedule').string() ?? '');
      return {
        name: workloadName(workload),
        ...(pause !== undefined && { everySeconds: pause }),
        suspended: spec.get('suspend').boolean() === true,
        origin: workload.object.origin,
      };
    }),
);

const LOOKS = /check|verif|expir|watch|monitor|scan/i;

/** By its name, or by what its containers run. */
function looksAtCertificates(object: KubeObject): boolean {
  const pod = cursor(object).get('spec', 'jobTemplate', 'spec', 'template', 'spec');
  const run = pod
    .get('containers')
    .items()
    .flatMap((container) => [...container.get('command').strings(), ...container.get('args').strings()]);
  return [object.name, ...run].some((text) => /cert|tls|x509/i.test(text) && LOOKS.test(text));
}
