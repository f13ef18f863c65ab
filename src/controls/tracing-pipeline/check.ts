import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, pass, type Finding, type Result } from '../../model/result.ts';
import type { Origin } from '../../model/origin.ts';
import type { CollectorFacts, EnvironmentFacts, Sending, ServiceFacts } from './query.ts';

export interface Params {
  readonly untraced: string;
  readonly inCode: string;
}

export function check(subject: Subject, facts: ServiceFacts | EnvironmentFacts, params: Params): Result {
  return facts.about === 'service' ? checkService(subject, facts, params) : checkEnvironment(facts);
}

function checkService({ name }: Subject, { sendings }: ServiceFacts, { untraced, inCode }: Params): Result {
  if (untraced !== '') return pass(`${name} sends no spans: ${untraced}`, { untraced });
  const told = sendings.filter(({ state }) => state !== 'unset' || inCode === '');
  if (told.length === 0) return inconclusive(`the endpoint is set in ${inCode}, which is not followed here`);
  const findings = told.flatMap(lostSpans);
  const open = told.find(({ state, delivery }) => state === 'unknown' || delivery?.state === 'unknown');
  if (findings.length === 0 && open !== undefined)
    return inconclusive(
      `${open.workload}: ${open.because ?? (open.delivery?.state === 'unknown' ? open.delivery.because : '')}`,
      open.origin,
    );
  const taken = told.flatMap(({ workload, delivery }) =>
    delivery?.state === 'taken' ? [`${workload} sends to ${delivery.by}, ${delivery.how}`] : [],
  );
  return failOr(findings, taken.join('; '), { workloads: told.length });
}

function lostSpans({ workload, state, endpoint, because, delivery, origin }: Sending): Finding[] {
  if (state === 'unset')
    return [
      {
        message: `nothing tells ${workload} where to send spans`,
        severity: 'medium',
        origin,
        fromAbsence: true,
        remediation:
          'Set OTEL_EXPORTER_OTLP_ENDPOINT to the collector, or say in the param inCode where the code does.',
      },
    ];
  if (state === 'off')
    return [
      {
        message: `tracing of ${workload} is switched off: ${because ?? ''}`,
        severity: 'medium',
        origin,
        remediation: 'Switch it on, or say in the param untraced why not.',
      },
    ];
  if (delivery?.state !== 'lost') return [];
  return [
    {
      message: `spans that ${workload} sends to ${endpoint ?? ''} are lost: ${delivery.because}`,
      severity: 'high',
      origin,
      ...(delivery.fromAbsence ? { fromAbsence: true } : {}),
      remediation: 'Send to the Service and port of a collector, in the protocol that it speaks there.',
    },
  ];
}

function checkEnvironment({
  collectors,
  unread,
  samplers,
  startsNone,
  senders,
  provisional,
}: EnvironmentFacts): Result {
  if (collectors.length === 0) return withoutCollector(unread, senders, provisional);
  const findings = [
    ...collectors.flatMap(collectorFindings),
    ...(startsNone === undefined ? [] : [neverStarted(samplers, startsNone.origin)]),
  ];
  const sampling = [
    ...samplers,
    ...collectors.flatMap(({ pipelines }) => pipelines.flatMap(({ processors }) => processors.filter(isSampler))),
  ];
  const unsampled: Finding[] =
    sampling.length > 0 || collectors.every(({ pipelines }) => pipelines.length === 0)
      ? []
      : [
          {
            message: 'nothing samples: every span of every request is kept, at the price of the busiest day',
            severity: 'low',
            ...(collectors[0] === undefined ? {} : { origin: collectors[0].origin }),
            fromAbsence: true,
            remediation:
              'Add tail_sampling or probabilistic_sampler to the pipeline for traces, or set OTEL_TRACES_SAMPLER.',
          },
        ];
  const open = collectors.flatMap(({ name, exports }) =>
    exports.flatMap(({ name: exporter, delivery }) =>
      delivery.state === 'unknown' ? [`where ${exporter} of ${name} sends: ${delivery.because}`] : [],
    ),
  );
  if (findings.length + unsampled.length === 0 && open[0] !== undefined) return inconclusive(open.join('; '));
  const backends = [...new Set(collectors.flatMap(({ pipelines }) => pipelines.flatMap((each) => each.backends)))];
  return failOr(
    [...findings, ...unsampled],
    `${collectors.map(({ name }) => name).join(', ')} takes OTLP and sends to ${backends.join(', ')}; sampled by ${[...new Set(sampling)].join(', ')}`,
    {
      collectors: collectors.length,
      senders,
      backends: backends.join(', '),
    },
  );
}

function neverStarted(samplers: readonly string[], origin: Origin): Finding {
  return {
    message: `no trace is ever begun: every workload that sends spans asks the parent (${samplers.join(', ')}), and keeps none of those that begin with it`,
    severity: 'high',
    origin,
    remediation: 'Give the sampler of what takes requests from outside a share above 0.',
  };
}

function withoutCollector(unread: readonly string[], senders: number, provisional: boolean): Result {
  if (unread.length > 0)
    return inconclusive(
      `the configuration of ${unread.join(', ')} is not in the repository, or no YAML with receivers and a service`,
    );
  if (provisional && senders === 0)
    return inconclusive('the repository shows no collector and nothing that sends spans');
  if (senders > 0)
    return inconclusive(
      `${senders} ${senders === 1 ? 'workload sends' : 'workloads send'} spans, and the configuration of what takes them is not in the repository`,
    );
  return failOr(
    [
      {
        message: 'there is no collector, and nothing sends spans',
        severity: 'medium',
        fromAbsence: true,
        remediation: 'Run an OpenTelemetry collector with a pipeline for traces, and send to it.',
      },
    ],
    '',
  );
}

function isSampler(processor: string): boolean {
  return /^(?:tail_sampling|probabilistic_sampler|groupbytrace)(?:\/|$)/.test(processor);
}

function limitsBehindBatch(processors: readonly string[]): boolean {
  const types = processors.map((id) => id.split('/')[0] ?? id);
  return types.includes('batch') && types.indexOf('memory_limiter') > types.indexOf('batch');
}

function collectorFindings(collector: CollectorFacts): Finding[] {
  const { name, pipelines, idle, unusedExporters, undefined: lost, exports, origin } = collector;
  const one = (message: string, severity: Finding['severity'], remediation: string, at = origin): Finding => ({
    message,
    severity,
    origin: at,
    remediation,
  });
  const through = pipelines.filter(({ takesOtlp, backends }) => takesOtlp && backends.length > 0);
  return [
    ...lost.map(({ what, origin: at }) =>
      one(
        `${name} does not start: a pipeline names ${what}`,
        'high',
        'Define it where it is missing, or take it out of the pipeline.',
        at,
      ),
    ),
    ...(pipelines.length === 0
      ? [one(`${name} takes OTLP and has no pipeline for traces`, 'high', 'Add service.pipelines.traces.')]
      : []),
    ...(pipelines.length > 0 && through.length === 0 && lost.length === 0
      ? [
          one(
            deadEnd(collector),
            'high',
            'Let a pipeline for traces begin with an otlp receiver and end in an exporter that keeps spans.',
            unusedExporters[0]?.origin,
          ),
        ]
      : []),
    ...through
      .filter(({ processors }) => !processors.some((each) => each.startsWith('memory_limiter')))
      .map(({ name: pipeline, origin: at }) =>
        one(
          `pipeline ${pipeline} of ${name} has no memory_limiter: a burst of spans kills the collector`,
          'low',
          'Put memory_limiter first among its processors.',
          at,
        ),
      ),
    ...through
      .filter(({ processors }) => limitsBehindBatch(processors))
      .map(({ name: pipeline, origin: at }) =>
        one(
          `pipeline ${pipeline} of ${name} has memory_limiter behind batch: what it refuses there is lost, as batch has already taken it from the sender`,
          'low',
          'Put memory_limiter first among its processors.',
          at,
        ),
      ),
    ...idle.map(({ what, origin: at }) =>
      one(
        `${what} of ${name} stands in no pipeline and does nothing`,
        'medium',
        'Put it into a pipeline, or remove it.',
        at,
      ),
    ),
    ...exports.flatMap(({ name: exporter, delivery, origin: at }) =>
      delivery.state === 'lost'
        ? [
            {
              ...one(
                `spans that exporter ${exporter} of ${name} sends are lost: ${delivery.because}`,
                'high',
                'Send to a Service and port that takes OTLP, in its protocol.',
                at,
              ),
              fromAbsence: delivery.fromAbsence,
            },
          ]
        : [],
    ),
  ];
}

function deadEnd({ name, pipelines, unusedExporters }: CollectorFacts): string {
  const withOtlp = pipelines.find(({ takesOtlp }) => takesOtlp);
  const refused = pipelines.find(({ refusing }) => refusing.length > 0);
  if (withOtlp === undefined) return `no pipeline for traces of ${name} begins with an otlp receiver`;
  if (refused !== undefined)
    return `pipeline ${refused.name} of ${name} lets no span through: ${refused.refusing.join(', ')} ${refused.refusing.length === 1 ? 'keeps' : 'keep'} none`;
  const unused = unusedExporters.map((each) => each.name).join(', ');
  return `pipeline ${withOtlp.name} of ${name} ends in nothing that keeps spans${unused === '' ? '' : `, and no pipeline names ${unused}`}`;
}
