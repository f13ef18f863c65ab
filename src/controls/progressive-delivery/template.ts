import type { Params } from './input.ts';

const PAUSE = '5m';
const HASH = 'canary-hash';

/** Steps of a canary, each with a pause for traffic to come and an analysis of the new version's pods. */
export function canarySteps(name: string, { steps }: Params): readonly object[] {
  const analysis = {
    templates: [{ templateName: templateName(name) }],
    args: [{ name: HASH, valueFrom: { podTemplateHashValue: 'Latest' } }],
  };
  return [
    ...steps
      .filter((step) => step < 100)
      .flatMap((setWeight) => [{ setWeight }, { pause: { duration: PAUSE } }, { analysis }]),
    { setWeight: 100 },
  ];
}

/** Pods of a Rollout are named `NAME-HASH-…`, so that no label has to be kept by the scrape. */
export function analysisTemplate(namespace: string, name: string, params: Params): Readonly<Record<string, unknown>> {
  const canary = `namespace="${namespace}",pod=~"${name}-{{args.${HASH}}}-.+"`;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: templateName(name), namespace },
    spec: {
      args: [{ name: HASH }],
      metrics: [
        metric('error-ratio', params.errorQuery.replaceAll('$canary', canary), params.maxErrorRatio, params),
        metric('p99', params.latencyQuery.replaceAll('$canary', canary), params.maxSeconds, params),
      ],
    },
  };
}

/** Without data a measurement is inconclusive, and two of them pause the rollout for a person. */
function metric(name: string, query: string, most: number, { prometheus }: Params): object {
  const data = 'len(result) > 0 && !isNaN(result[0])';
  return {
    name,
    interval: '1m',
    count: 5,
    failureLimit: 0,
    inconclusiveLimit: 1,
    successCondition: `${data} && result[0] <= ${most}`,
    failureCondition: `${data} && result[0] > ${most}`,
    provider: { prometheus: { address: prometheus, query } },
  };
}

function templateName(name: string): string {
  return `${name}-canary`;
}
