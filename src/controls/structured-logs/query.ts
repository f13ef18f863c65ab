import { environmentOf } from '../../model/env.ts';
import type { Query, Subject } from '../../model/control.ts';
import { containers, workloadName, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isLongRunning, runsForEver, theEnvironment, workloadsOf } from '../../model/subjects.ts';
import { parsers, type LogParser } from './collectors.ts';
import { edgeFormats, type EdgeFormat } from './edge.ts';

/** A variable or option that tells a container how to log. */
export interface Told {
  readonly workload: string;
  readonly container: string;
  /** `LOG_FORMAT`, `--log-format`. */
  readonly by: string;
  /** Undefined where the value is not in the repository. */
  readonly value?: string;
  readonly origin: Origin;
}

export interface ServiceFacts {
  readonly about: 'service';
  readonly workloads: readonly {
    readonly name: string;
    readonly told: readonly Told[];
    readonly hidden: boolean;
    readonly origin: Origin;
  }[];
}

export interface EnvironmentFacts {
  readonly about: 'environment';
  readonly edges: readonly EdgeFormat[];
  readonly parsers: readonly LogParser[];
}

/** Services that answer or work for somebody; what only serves files, or is not ours, logs as its maker decided. */
const KINDS: readonly string[] = ['api', 'worker', 'relay', 'gateway', 'undefined'];
const OPTION =
  /^--?(log[-_.]?(?:format|encoding|encoder)|logging[-_.]format|zap-encoder|json-logs|log-json)(?:=(.*))?$/i;
const NAME = /^[A-Z0-9_]*LOG[A-Z0-9_]*(?:FORMAT|FORMATTER|ENCODING|ENCODER|STRUCTURED)[A-Z0-9_]*$/;
/** Switches for JSON lines. */
const SWITCH = /^(?:[A-Z0-9_]*_)?(?:LOGS?_JSON|JSON_LOGS?|LOG_CONSOLE_JSON(?:_ENABLED)?)$/;

/** Services of the spec; without one, workloads that something tells how to log. */
export function logging(view: PlatformView): Subject[] {
  const services = view.services().filter((service) => {
    const { declared, spec, workloads } = service;
    if (!runsForEver(service)) return false;
    if (declared) return KINDS.includes(String(spec.kind));
    return (
      view.provisional &&
      workloads.some((workload) => byVariable(view, workload).length + byOption(workload).length > 0)
    );
  });
  return [...services.map(({ name }): Subject => ({ kind: 'service', name })), ...theEnvironment(view)];
}

export function facts(subject: Subject): Query<ServiceFacts | EnvironmentFacts> {
  return (view) => {
    if (subject.kind === 'environment')
      return { about: 'environment', edges: edgeFormats(view), parsers: parsers(view) };
    return {
      about: 'service',
      workloads: workloadsOf(view, subject)
        .filter(isLongRunning)
        .map((workload) => ({
          name: workloadName(workload),
          told: [...byVariable(view, workload), ...byOption(workload)],
          hidden: environmentOf(view, workload).some(({ name }) => name === '*'),
          origin: workload.object.origin,
        })),
    };
  };
}

function byVariable(view: PlatformView, workload: Workload): Told[] {
  return environmentOf(view, workload)
    .filter(({ name }) => NAME.test(name) || SWITCH.test(name))
    .map(({ name, container, source, origin }) => {
      const value = source.from === 'literal' || source.from === 'configMap' ? source.value : undefined;
      return {
        workload: workloadName(workload),
        container,
        by: name,
        ...(value === undefined ? {} : { value }),
        origin,
      };
    });
}

function byOption(workload: Workload): Told[] {
  return containers(workload).flatMap(({ name: container, at }) => {
    const words = [...at.get('command').strings(), ...at.get('args').strings()];
    return words.flatMap((word, index) => {
      const match = OPTION.exec(word);
      if (match === null) return [];
      const flag = /json/i.test(match[1] ?? '');
      const value = match[2] ?? (flag ? 'true' : words[index + 1]);
      return [
        {
          workload: workloadName(workload),
          container,
          by: word.split('=')[0] ?? word,
          ...(value === undefined ? {} : { value }),
          origin: at.origin,
        },
      ];
    });
  });
}
