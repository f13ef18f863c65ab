/** Prometheus over HTTP. https://prometheus.io/docs/prometheus/latest/querying/api/ */
import { z } from 'zod';
import { CannotTell } from '../../../model/drill/drill.ts';

const MOST_SERIES = 10_000;

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.enum(['vector', 'scalar']),
    result: z.unknown(),
  }),
});
const vector = z
  .array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }))
  .max(MOST_SERIES);
const scalar = z.tuple([z.number(), z.string()]);
const alerts = z.object({
  status: z.literal('success'),
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        state: z.enum(['pending', 'firing']),
        activeAt: z.string(),
      }),
    ),
  }),
});

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An instant query. Throws CannotTell where Prometheus does not answer it. */
export async function promQuery(
  base: string,
  token: string | undefined,
  promql: string,
  signal: AbortSignal,
): Promise<Series[]> {
  const { data } = answer.parse(await get(base, `/api/v1/query?query=${encodeURIComponent(promql)}`, token, signal));
  if (data.resultType === 'scalar') return [{ labels: {}, value: Number(scalar.parse(data.result)[1]) }];
  return vector.parse(data.result).map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

export async function promAlerts(base: string, token: string | undefined, signal: AbortSignal) {
  const { data } = alerts.parse(await get(base, '/api/v1/alerts', token, signal));
  return data.alerts.map(({ labels, state, activeAt }) => ({
    name: labels['alertname'] ?? '',
    state,
    labels,
    activeAt,
  }));
}

async function get(base: string, path: string, token: string | undefined, signal: AbortSignal): Promise<unknown> {
  return JSON.parse(await promText(base, path, token, signal));
}

/** The answer of a path of the API as it is. Throws CannotTell where there is none. */
export async function promText(
  base: string,
  path: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const response = await fetch(`${base.replace(/\/$/, '')}${path}`, {
    signal,
    redirect: 'error',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  if (!response.ok) throw new CannotTell(`Prometheus answers ${response.status}: ${text.slice(0, 200)}`);
  return text;
}
