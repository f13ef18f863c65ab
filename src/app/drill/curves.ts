/** Curves for the picture of a run, out of the raw data that it kept. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunRecord } from '../../model/drill/record.ts';
import type { DrillReport } from '../../model/drill/report.ts';
import type { Curve, DrillContext } from '../../report/drill/context.ts';

/** As much of a load report as a curve needs; anything else that was kept has none. */
const loadReport = z.object({
  startedAt: z.number(),
  curve: z.array(z.object({ at: z.number(), answered: z.number(), failed: z.number(), p99: z.number() })).min(2),
});

/** The curves of every run of a report; a file that is gone or holds no curve is left out. */
export function curvesOf(report: DrillReport, runs: string): DrillContext {
  const all = report.drills.flatMap((drill) => drill.runs);
  return {
    curves: new Map(
      all.map((run) => [run.id, run.raw.flatMap((raw) => curvesIn(run, join(runs, run.id, raw.file), raw.name))]),
    ),
  };
}

function curvesIn({ startedAt }: RunRecord, file: string, name: string): Curve[] {
  const parsed = loadReport.safeParse(readJson(file));
  if (!parsed.success) return [];
  const { curve, startedAt: began } = parsed.data;
  const offset = began - Date.parse(startedAt);
  const series = (key: 'answered' | 'failed' | 'p99'): Curve['points'] =>
    curve.map((second) => [offset + second.at * 1000, second[key]]);
  return [
    { name: `${name}: latency p99`, unit: 'ms', points: series('p99') },
    { name: `${name}: failed`, unit: '/s', points: series('failed') },
    { name: `${name}: answered`, unit: '/s', points: series('answered') },
  ];
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
