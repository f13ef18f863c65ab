import type { Subject } from '../../model/control.ts';
import { formatDuration, seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { judgeDocuments } from '../../proofs/documents/index.ts';
import type { Issued, Job, Lifecycle } from './input.ts';

export interface Params {
  readonly shortLived: string;
  readonly minWords: number;
  readonly trustedHosts: readonly string[];
  readonly checkedElsewhere: boolean;
  readonly shownElsewhere: boolean;
  readonly servedWithin: string;
  readonly refusedWithin: string;
  readonly inARow: number;
  readonly listAhead: string;
  readonly loadPath: string;
}

export function check({ name }: Subject, input: Lifecycle, params: Params): Result {
  const { declared } = input;
  const documents = judgeDocuments(input.sop, { what: `the SOP of ${name}`, ...params });
  const findings = [
    ...(declared === undefined ? [undeclared(name, input)] : stated(name, input, params)),
    ...input.objects.flatMap((object) => renewal(object)),
    ...documents.findings,
    ...watched(input, params),
  ];
  const [open] = [...documents.open, ...unreadable(input)];
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  const { ttl = '', renewBefore = '', issuer = '' } = declared ?? {};
  return failOr(
    findings,
    `${issuer} issues it for ${ttl}, renewed ${renewBefore} before its end, by ${declared?.sop ?? ''}; ${input.alerts.join(', ')} tells of its end`,
    { certificates: input.objects.length, alerts: input.alerts.length, jobs: input.jobs.length, panels: input.panels },
  );
}

function undeclared(name: string, { objects }: Lifecycle): Finding {
  const [first] = objects;
  return {
    message: `${objects.length} ${objects.length === 1 ? 'certificate is' : 'certificates are'} issued as ${name}, and the spec declares none such: nobody says who renews and who withdraws them`,
    severity: 'high',
    ...(first === undefined ? {} : { origin: first.origin }),
    remediation: 'Declare it under certificates, with issuer, ttl, renewBefore and sop.',
  };
}

function stated(name: string, input: Lifecycle, params: Params): Finding[] {
  const { issuer, ttl, renewBefore, sop } = input.declared ?? {};
  const missing = Object.entries({ issuer, ttl, renewBefore, sop }).flatMap(([member, value]) =>
    value === undefined ? [member] : [],
  );
  return [
    ...(missing.length === 0
      ? []
      : [finding(`nothing says the ${missing.join(', ')} of ${name}`, 'high', `State ${missing.join(', ')}.`)]),
    ...(input.issuerFound === false
      ? [
          finding(
            `no issuer ${issuer} is among the manifests: nothing renews ${name}`,
            'high',
            'Deploy it, or correct the name.',
          ),
        ]
      : []),
    ...(ttl === undefined || renewBefore === undefined ? [] : margin(name, seconds(ttl), seconds(renewBefore))),
    ...withdrawable(name, input, params),
    ...(sop === undefined || input.sop.length > 0
      ? []
      : [
          finding(
            `the SOP of ${name}, ${JSON.stringify(sop)}, names no document`,
            'medium',
            'Give the path of a file in this repository, or an address.',
          ),
        ]),
  ];
}

/** A renewal that fails must leave the time to be noticed and mended: cert-manager's own default is a third of the life. */
function margin(name: string, ttl: number, renewBefore: number): Finding[] {
  if (renewBefore >= ttl)
    return [
      finding(
        `${name} lives ${formatDuration(ttl)} and is to be renewed ${formatDuration(renewBefore)} before its end: it would be renewed for ever`,
        'high',
        'Make renewBefore shorter than ttl; a third of it is usual.',
      ),
    ];
  if (renewBefore * 10 >= ttl) return [];
  return [
    finding(
      `${name} is renewed ${formatDuration(renewBefore)} before its end, less than a tenth of its ${formatDuration(ttl)}: a renewal that fails is noticed too late`,
      'medium',
      'Renew it when a third of its life is left.',
    ),
  ];
}

/** What is stolen is withdrawn, or soon over. Public authorities revoke by ACME. */
function withdrawable(name: string, { declared, sop, acme }: Lifecycle, { shortLived }: Params): Finding[] {
  const ttl = declared?.ttl;
  if (ttl === undefined || acme || seconds(ttl) <= seconds(shortLived) || sop.length > 0) return [];
  return [
    finding(
      `${name} lives ${ttl}, longer than ${shortLived}, and no document says how one of them is withdrawn`,
      'high',
      `Write down how it is revoked, or how the authority is replaced, in its SOP; or let it live ${shortLived} at most.`,
    ),
  ];
}

function renewal({ name, ttl, renewBefore, origin }: Issued): Finding[] {
  if (renewBefore === undefined || renewBefore < ttl) return [];
  return [
    {
      message: `${name} lives ${formatDuration(ttl)} and is to be renewed ${formatDuration(renewBefore)} before its end: cert-manager refuses it`,
      severity: 'high',
      origin,
      remediation: 'Set renewBefore to less than duration; a third of it is usual.',
    },
  ];
}

/** Twice: by what issues, and by what is really served. */
function watched(input: Lifecycle, { checkedElsewhere, shownElsewhere }: Params): Finding[] {
  const running = input.jobs.filter(({ suspended }) => !suspended);
  return [
    ...(input.alerts.length > 0
      ? []
      : [
          absent(
            'no alert reads when certificates end: the first to notice is a client',
            'high',
            'Alert on certmanager_certificate_expiration_timestamp_seconds - time(), or probe_ssl_earliest_cert_expiry.',
          ),
        ]),
    ...(checkedElsewhere || running.length > 0 ? [] : [noJob(input.jobs)]),
    ...(checkedElsewhere ? [] : rare(running, input)),
    ...(shownElsewhere || input.panels > 0
      ? []
      : [
          absent(
            'no panel of a dashboard shows when certificates end',
            'low',
            'Add one, such as sort(certmanager_certificate_expiration_timestamp_seconds - time()).',
          ),
        ]),
  ];
}

function noJob([suspended]: readonly Job[]): Finding {
  const remediation =
    'Run a CronJob that asks every endpoint for the certificate that it serves, and fails when it is near its end.';
  if (suspended === undefined)
    return absent(
      'no job asks what servers really serve: one that was renewed and not reloaded goes unseen',
      'high',
      remediation,
    );
  return {
    message: `${suspended.name}, which asks what servers really serve, is suspended`,
    severity: 'high',
    origin: suspended.origin,
    remediation: 'Resume it.',
  };
}

/** It has to come by between the moment in which a renewal is due and the end. */
function rare(running: readonly Job[], { declared }: Lifecycle): Finding[] {
  const renewBefore = declared?.renewBefore;
  if (renewBefore === undefined) return [];
  const known = running.filter((job): job is Job & { everySeconds: number } => job.everySeconds !== undefined);
  const often = known.some(({ everySeconds }) => everySeconds * 2 <= seconds(renewBefore));
  const [first] = known;
  if (first === undefined || often || known.length < running.length) return [];
  return [
    {
      message: `${first.name} comes by every ${formatDuration(first.everySeconds)}, and a renewal that fails leaves ${renewBefore}`,
      severity: 'medium',
      origin: first.origin,
      remediation: 'Run it at least twice in the time that is left for a renewal.',
    },
  ];
}

function unreadable({ jobs }: Lifecycle): string[] {
  return jobs
    .filter(({ everySeconds }) => everySeconds === undefined)
    .map(({ name }) => `how often ${name} runs cannot be told from its schedule`);
}

function finding(message: string, severity: Finding['severity'], remediation: string): Finding {
  return { message, severity, remediation };
}

function absent(message: string, severity: Finding['severity'], remediation: string): Finding {
  return { ...finding(message, severity, remediation), fromAbsence: true };
}
