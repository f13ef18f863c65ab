import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, pass, type Finding, type Result } from '../../model/result.ts';
import type { EdgeFormat } from './edge.ts';
import type { EnvironmentFacts, ServiceFacts, Told } from './query.ts';

export interface Params {
  readonly variables: readonly string[];
  readonly inCode: string;
}

/** Values that make JSON lines: of zap, logrus, structlog, Spring, Grafana. */
const JSON_FORMATS = /^(?:json[\w-]*|\w*[-_]?json|ecs|logstash|gelf|structured|true|1|stackdriver|gcp|bunyan|pino)$/i;
const TEXT_FORMATS =
  /^(?:text|plain|plaintext|console|pretty|human|logfmt|simple|full|compact|color|false|0|common|combined|syslog|default)$/i;

export function check(subject: Subject, facts: ServiceFacts | EnvironmentFacts, params: Params): Result {
  return facts.about === 'service' ? checkService(subject, facts, params) : checkEnvironment(facts);
}

function checkService({ name }: Subject, { workloads }: ServiceFacts, { variables, inCode }: Params): Result {
  if (inCode !== '') return pass(`${name} logs JSON as ${inCode} says; its fields are the drill's matter`, { inCode });
  const chosen = workloads.map((workload) => ({
    ...workload,
    told: workload.told.filter(({ by }) => by.startsWith('-') || variables.includes(by)),
  }));
  const findings = chosen.flatMap(({ told }) => told.flatMap(asText));
  if (findings.length > 0) return failOr(findings, '');
  for (const { name: workload, told, hidden, origin } of chosen) {
    if (told.some(({ value }) => value !== undefined && JSON_FORMATS.test(value))) continue;
    return inconclusive(`${workload}: ${unknown(told, hidden)}`, told[0]?.origin ?? origin);
  }
  const how = chosen.flatMap(({ told }) => told.map(({ by, value }) => `${by}=${value ?? ''}`));
  return pass(`${name} is told to log JSON by ${[...new Set(how)].join(', ')}; its fields are the drill's matter`, {
    workloads: chosen.length,
  });
}

function asText({ workload, container, by, value, origin }: Told): Finding[] {
  if (value === undefined || !TEXT_FORMATS.test(value)) return [];
  return [
    {
      message: `${workload} logs text: ${by} of container ${container} is ${value}`,
      severity: 'medium',
      origin,
      remediation: `Set ${by} to the value that makes JSON lines.`,
    },
  ];
}

function unknown(told: readonly Told[], hidden: boolean): string {
  const [first] = told;
  if (first?.value !== undefined) return `what ${by(first)}=${first.value} makes of a line is not known`;
  if (first !== undefined) return `the value of ${by(first)} is not in the repository`;
  if (hidden)
    return 'it takes in a whole Secret, whose keys are not in the repository, and nothing else says how it logs';
  return 'nothing in its manifests says in which format it logs; name where the code does in the param inCode';
}

function by({ by: name }: Told): string {
  return name;
}

function checkEnvironment({ edges, parsers }: EnvironmentFacts): Result {
  if (edges.length === 0 && parsers.length === 0)
    return inconclusive('the repository shows neither the log format of an edge nor what reads the lines of the pods');
  const findings = [...edges.flatMap(edgeFindings), ...parsers.filter(({ parses }) => !parses).map(unparsed)];
  const parts = [
    ...edges.map(({ name }) => `${name} is JSON with request id, user agent, latency, route and status`),
    ...parsers.map(({ name }) => `${name} reads JSON lines into fields`),
  ];
  return failOr(findings, parts.join('; '), { edges: edges.length, parsers: parsers.length });
}

function edgeFindings({ name, state, json, escaped, lacks, origin }: EdgeFormat): Finding[] {
  const one = (message: string, remediation: string): Finding => ({ message, severity: 'medium', origin, remediation });
  if (state === 'off') return [one(`${name} is switched off`, 'Switch it on, in JSON.')];
  if (state === 'default')
    return [
      {
        ...one(`${name} is in the program's own format, which is text`, 'Set a format that is a JSON object.'),
        fromAbsence: true,
      },
    ];
  return [
    ...(json ? [] : [one(`${name} is no JSON object`, 'Write the format as one JSON object, text values in quotes.')]),
    ...(json && !escaped
      ? [
          one(
            `${name} does not escape values: a header with a quote in it breaks or forges a line`,
            'Set log-format-escape-json to "true", or escape=json in log_format.',
          ),
        ]
      : []),
    ...(lacks.length === 0
      ? []
      : [one(`${name} lacks ${lacks.join(', ')}`, 'Add the variables for them to the format.')]),
  ];
}

function unparsed({ name, origin }: EnvironmentFacts['parsers'][number]): Finding {
  return {
    message: `${name} keeps JSON lines as text: no field of them can be searched`,
    severity: 'medium',
    origin,
    fromAbsence: true,
    remediation: 'Add a json_parser to its operators, or ParseJSON in a transform processor.',
  };
}
