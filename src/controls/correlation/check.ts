import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, pass, type Finding, type Result } from '../../model/result.ts';
import type { EdgeId } from './edge.ts';
import type { EnvironmentFacts, Propagation, ServiceFacts } from './query.ts';

export interface Params {
  readonly messages: string;
  readonly inCode: string;
  readonly edge: string;
}

export function check(subject: Subject, facts: ServiceFacts | EnvironmentFacts, params: Params): Result {
  return facts.about === 'service' ? checkService(subject, facts, params) : checkEnvironment(facts, params);
}

function checkService({ name }: Subject, { workloads, messaging }: ServiceFacts, { messages, inCode }: Params): Result {
  const findings = workloads.flatMap(lost);
  if (findings.length > 0) return failOr(findings, '');
  const open = inCode === '' ? workloads.find((each) => !holds(each)) : undefined;
  if (open !== undefined) return inconclusive(`${open.workload}: ${untold(open)}`, open.origin);
  if (messaging.length > 0 && messages === '')
    return inconclusive(
      `${name} uses ${messaging.join(', ')}, and how ids travel in its messages is not in manifests: say it in the param messages`,
    );
  const how = inCode === '' ? 'W3C trace context' : `W3C trace context as ${inCode} says`;
  const events = messaging.length === 0 ? '' : `, and through ${messaging.join(', ')} by ${messages}`;
  return pass(`${name} passes on ${how}${events}`, { workloads: workloads.length, messaging: messaging.length });
}

/** Without a setting the SDKs pass on `tracecontext,baggage` (OpenTelemetry specification, general SDK configuration). */
function holds({ formats, instrumented, hidden }: Propagation): boolean {
  if (formats !== undefined) return formats.includes('tracecontext');
  return instrumented && hidden !== 'OTEL_PROPAGATORS';
}

function untold({ hidden }: Propagation): string {
  if (hidden === 'OTEL_PROPAGATORS') return 'the value of OTEL_PROPAGATORS is not in the repository';
  if (hidden !== undefined)
    return `${hidden} tells it what nobody sees here, and nothing else says whether it passes on the trace`;
  return 'nothing tells it to pass on the trace; set OTEL_PROPAGATORS, or name where the code does in the param inCode';
}

function lost({ workload, formats, disabled, origin }: Propagation): Finding[] {
  const one = (message: string, remediation: string): Finding[] => [
    { message, severity: 'medium', origin, remediation },
  ];
  if (disabled)
    return one(`${workload} switches its SDK off with OTEL_SDK_DISABLED: the trace ends there`, 'Remove the variable.');
  if (formats === undefined || formats.includes('tracecontext')) return [];
  return one(
    `${workload} passes on ${formats.filter((format) => format !== '').join(', ') || 'nothing'} and not tracecontext: a trace that others carry ends there`,
    'Set OTEL_PROPAGATORS to tracecontext,baggage, with the older format beside it where a caller needs it.',
  );
}

function checkEnvironment({ edges }: EnvironmentFacts, { edge }: Params): Result {
  if (edge !== '') return pass(`${edge} makes the id`, { edge });
  if (edges.length === 0)
    return inconclusive('no edge of the repository is read here; say in the param edge where the id is made');
  const findings = edges.flatMap(absent);
  const open = edges.find(({ state }) => state === 'unknown');
  if (findings.length === 0 && open !== undefined)
    return inconclusive(`the configuration of ${open.name} is not in the repository`, open.origin);
  return failOr(
    findings,
    `at ${edges.map(({ name }) => name).join(', ')} a request that has no id gets one, and it is sent on`,
    {
      edges: edges.length,
    },
  );
}

function absent({ name, state, origin }: EdgeId): Finding[] {
  if (state === 'made' || state === 'unknown') return [];
  const message =
    state === 'passed'
      ? `${name} makes no id: a request that comes without one has none behind it`
      : `${name} empties the header of the id: what is behind it sees none`;
  return [
    {
      message,
      severity: 'medium',
      origin,
      remediation: 'Set generate-request-id to "true", or send X-Request-ID with $request_id on.',
    },
  ];
}
