import { environmentOf } from '../../model/env.ts';
import { containers, cursor, podMetadata, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** What a workload is told of tracing. */
export type TraceSettings =
  | {
      readonly state: 'set';
      readonly endpoint: string;
      readonly protocol?: string;
      readonly sampler?: string;
      /** It goes on with traces that others keep, and starts none. */
      readonly startsNone?: true;
      readonly variable: string;
      readonly origin: Origin;
    }
  /** Tracing is switched off. */
  | { readonly state: 'off'; readonly because: string; readonly origin: Origin }
  /** Something tells it, and what cannot be read here. */
  | { readonly state: 'unknown'; readonly because: string; readonly origin: Origin }
  | { readonly state: 'unset' };

/**
 * Reads the variables of the OpenTelemetry SDKs (specification, "OTLP exporter configuration"; the ones for traces win over the
 * general ones), the annotations of the operator, and further variables of the platform's own that hold an endpoint.
 */
export function traceSettings(view: PlatformView, workload: Workload, variables: readonly string[]): TraceSettings {
  const environment = environmentOf(view, workload);
  const find = (...names: string[]): (typeof environment)[number] | undefined =>
    names.map((name) => environment.find((each) => each.name === name)).find((each) => each !== undefined);
  const valueOf = (...names: string[]): string | undefined => literal(find(...names)?.source);
  const ratio = valueOf('OTEL_TRACES_SAMPLER_ARG');
  const off = environment.find(({ name, source }) => switchesOff(name, literal(source) ?? '', ratio));
  if (off !== undefined) return { state: 'off', because: `${off.name} is ${literal(off.source)}`, origin: off.origin };
  const endpoint = find('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT', ...variables);
  const sampler = valueOf('OTEL_TRACES_SAMPLER');
  const protocol = valueOf('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL');
  if (endpoint !== undefined) {
    const written = literal(endpoint.source);
    if (written === undefined)
      return {
        state: 'unknown',
        because: `the value of ${endpoint.name} is not in the repository`,
        origin: endpoint.origin,
      };
    return {
      state: 'set',
      endpoint: resolved(written, environment),
      variable: endpoint.name,
      ...(protocol === undefined ? {} : { protocol }),
      ...sampled(sampler, ratio),
      origin: endpoint.origin,
    };
  }
  return (
    injected(view, workload, sampler, ratio) ??
    (environment.some(({ name }) => name === '*')
      ? {
          state: 'unknown',
          because: 'it takes in a whole Secret, whose keys are not in the repository',
          origin: workload.object.origin,
        }
      : { state: 'unset' })
  );
}

/**
 * Whether a variable keeps every span from leaving. `ratio`: the argument of the sampler. Samplers that ask the parent first are none of these: they keep what
 * it kept. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
function switchesOff(name: string, value: string, ratio: string | undefined): boolean {
  if (name === 'OTEL_SDK_DISABLED') return value.toLowerCase() === 'true';
  if (name === 'OTEL_TRACES_EXPORTER') return /^(?:none|console|logging)$/.test(value);
  if (name !== 'OTEL_TRACES_SAMPLER') return false;
  return value === 'always_off' || (value === 'traceidratio' && isZero(ratio));
}

function isZero(ratio: string | undefined): boolean {
  return /^0(?:\.0*)?$/.test(ratio ?? '');
}

/** Samplers that ask the parent first decide by their argument where a trace begins. */
function sampled(
  sampler: string | undefined,
  ratio: string | undefined,
): Pick<Extract<TraceSettings, { state: 'set' }>, 'sampler' | 'startsNone'> {
  if (sampler === undefined) return {};
  const startsNone = sampler === 'parentbased_always_off' || (sampler === 'parentbased_traceidratio' && isZero(ratio));
  return { sampler, ...(startsNone && { startsNone }) };
}

function literal(source: ReturnType<typeof environmentOf>[number]['source'] | undefined): string | undefined {
  if (source?.from === 'literal' || source?.from === 'configMap') return source.value;
  return undefined;
}

/** `$(NAME)` of variables before it, as the kubelet resolves them; fields such as the node's address stay. */
function resolved(text: string, environment: ReturnType<typeof environmentOf>): string {
  return text.replaceAll(
    /\$\((\w+)\)/g,
    (whole, name: string) => literal(environment.find((each) => each.name === name)?.source) ?? whole,
  );
}

/** The operator injects an SDK by annotation, with the endpoint of an Instrumentation object; variables of the container's own win over its sampler. */
function injected(
  view: PlatformView,
  workload: Workload,
  own: string | undefined,
  ownRatio: string | undefined,
): TraceSettings | undefined {
  const annotations = podMetadata(workload).get('annotations').entries();
  const asked = annotations.find(
    ([key, at]) => key.startsWith('instrumentation.opentelemetry.io/inject-') && at.value !== 'false',
  );
  if (asked === undefined) return undefined;
  const [, at] = asked;
  const name = String(at.value).split('/').at(-1) ?? '';
  const candidates = view
    .objects('Instrumentation')
    .filter(({ namespace, name: own }) => (name === 'true' ? namespace === workload.namespace : own === name));
  const [object] = candidates;
  if (object === undefined)
    return {
      state: 'unknown',
      because: `the Instrumentation that ${asked[0]} names is not in the repository`,
      origin: at.origin,
    };
  const spec = cursor(object).get('spec');
  const endpoint = spec.get('exporter', 'endpoint').string() ?? 'http://localhost:4317';
  const sampler = own ?? spec.get('sampler', 'type').string();
  const ratio = own === undefined ? spec.get('sampler', 'argument').string() : ownRatio;
  if (own === undefined && switchesOff('OTEL_TRACES_SAMPLER', sampler ?? '', ratio))
    return {
      state: 'off',
      because: `the sampler of Instrumentation ${object.name} is ${sampler}${ratio === undefined ? '' : ` with ${ratio}`}`,
      origin: at.origin,
    };
  return {
    state: 'set',
    endpoint,
    variable: asked[0],
    ...sampled(sampler, ratio),
    origin: at.origin,
  };
}

/** Whether the pod carries a collector of its own, by the operator's annotation or as a container. */
export function hasSidecar(workload: Workload, isCollector: (image: string) => boolean): boolean {
  const annotation = podMetadata(workload).get('annotations', 'sidecar.opentelemetry.io/inject').value;
  return (
    (annotation !== undefined && annotation !== 'false') ||
    containers(workload).some(({ at }) => isCollector(at.get('image').string() ?? ''))
  );
}
