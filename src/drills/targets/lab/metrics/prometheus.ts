/** Prometheus's HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/), as far as drills ask it. */
import { z } from 'zod';
import type { LoadedRule, Metrics } from '../../../../model/drill/metrics.ts';

/** Asks a path of the API; rejects unless it answers 2xx. */
export type AskApi = (path: string) => Promise<string>;

const labels = z.record(z.string(), z.string());
const answer = <T extends z.ZodType>(data: T) => z.looseObject({ status: z.literal('success'), data });
const vector = answer(
  z.discriminatedUnion('resultType', [
    z.looseObject({
      resultType: z.literal('vector'),
      result: z.array(z.looseObject({ metric: labels, value: z.tuple([z.number(), z.string()]) })),
    }),
    z.looseObject({ resultType: z.literal('scalar'), result: z.tuple([z.number(), z.string()]) }),
  ]),
);
const alerts = answer(
  z.looseObject({
    alerts: z.array(z.looseObject({ labels, state: z.enum(['pending', 'firing', 'inactive']), activeAt: z.string() })),
  }),
);
const rules = answer(
  z.looseObject({
    groups: z.array(
      z.looseObject({
        name: z.string(),
        rules: z.array(
          z.looseObject({
            type: z.enum(['alerting', 'recording']),
            name: z.string(),
            query: z.string(),
            duration: z.number().optional(),
            labels: labels.optional(),
            lastError: z.string().optional(),
          }),
        ),
      }),
    ),
  }),
);

export async function queryPrometheus(ask: AskApi, promql: string): ReturnType<Metrics['query']> {
  const { data } = vector.parse(JSON.parse(await ask(`/api/v1/query?query=${encodeURIComponent(promql)}`)));
  if (data.resultType === 'scalar') return [{ labels: {}, value: Number(data.result[1]) }];
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** Of Prometheus's own metrics; 0 where it has evaluated no group yet. */
export async function missedEvaluations(ask: AskApi): Promise<number> {
  const counts = (await ask('/metrics')).matchAll(/^prometheus_rule_group_iterations_missed_total\{.*\} (\S+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

export async function alertsOf(ask: AskApi): ReturnType<Metrics['alerts']> {
  const { data } = alerts.parse(JSON.parse(await ask('/api/v1/alerts')));
  return data.alerts.flatMap(({ labels: own, state, activeAt }) =>
    state === 'inactive' ? [] : [{ name: own['alertname'] ?? '', state, labels: own, activeAt }],
  );
}

export async function rulesOf(ask: AskApi): Promise<LoadedRule[]> {
  const { data } = rules.parse(JSON.parse(await ask('/api/v1/rules')));
  return data.groups.flatMap((group) =>
    group.rules.map(({ type, name, query, duration = 0, labels: own = {}, lastError = '' }) => ({
      kind: type === 'alerting' ? 'alert' : 'record',
      name,
      group: group.name,
      expr: query,
      holdSeconds: duration,
      labels: own,
      ...(lastError === '' ? {} : { error: lastError }),
    })),
  );
}

/** Groups as a rule file has them; the order of rules within a group is kept. */
export function groupsOf(loaded: readonly LoadedRule[]): { name: string; rules: RuleOfFile[] }[] {
  return [...Map.groupBy(loaded, ({ group }) => group)].map(([name, own]) => ({
    name,
    rules: own.map(({ kind, name: rule, expr, holdSeconds, labels: set }) => ({
      ...(kind === 'alert' ? { alert: rule, for: `${Math.round(holdSeconds * 1000)}ms` } : { record: rule }),
      expr,
      labels: set,
    })),
  }));
}

interface RuleOfFile {
  readonly [member: string]: unknown;
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
}
