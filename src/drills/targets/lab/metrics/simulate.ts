/**
 * Simulated time by `promtool test rules`, Prometheus's own rule engine. It only asserts: every alert is expected to be silent at every step, and
 * each moment that it complains of is one at which the alert fired.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDuration } from '../../../../model/duration.ts';
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { LoadedRule, SimulatedAlerts, Simulation } from '../../../../model/drill/metrics.ts';
import { bookOf, restsOn } from '../../../../proofs/alerting/slo/judge/index.ts';
import { needProgram } from '../../../lab/run/programs.ts';
import { groupsOf } from './prometheus.ts';

/** What promtool holds of one series. */
const MOST_STEPS = 9_990;
const MOST_OUTPUT = 64 * 1024 * 1024;
/** promtool 2.42 to 3: `alertname: X, time: 5m,`. */
const COMPLAINT = /alertname: (.+?), time: ([0-9a-z]+), *$/gm;

export async function simulateRules(
  all: readonly LoadedRule[],
  simulation: Simulation,
  folder: string,
  signal: AbortSignal,
): Promise<SimulatedAlerts> {
  if (simulation.steps > MOST_STEPS)
    throw new RangeError(`promtool holds ${MOST_STEPS} samples of a series, not ${simulation.steps}`);
  const loaded = neededFor(simulation.alerts, all);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'test.json');
  writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups: groupsOf(loaded) }), { mode: 0o600 });
  writeFileSync(file, JSON.stringify(testOf(loaded, simulation)), { mode: 0o600 });
  const { status, said } = await promtool(['test', 'rules', file], signal);
  const fired = new Map<string, number[]>(simulation.alerts.map((name) => [name, []]));
  for (const [, name = '', time = ''] of said.matchAll(COMPLAINT)) fired.get(name)?.push(parseDuration(time) ?? NaN);
  const any = [...fired.values()].some((times) => times.length > 0);
  // A file that it cannot read fails without a complaint, and must not look like silence.
  if (status !== 0 && !any) throw new CannotTell(`promtool could not run the simulation: ${said.slice(0, 500)}`);
  return new Map([...fired].map(([name, times]) => [name, [...new Set(times)].sort((a, b) => a - b)]));
}

/** The alerts and the records that they rest on: of hundreds of rules some ten have to be evaluated at each step. */
function neededFor(alerts: readonly string[], loaded: readonly LoadedRule[]): readonly LoadedRule[] {
  const own = loaded.filter(({ kind, name }) => kind === 'alert' && alerts.includes(name));
  const book = bookOf(loaded.map((rule) => ({ ...rule, origin: { path: 'loaded' } })));
  const below = book.alerts.filter(({ name }) => alerts.includes(name)).flatMap(({ ast }) => restsOn(book, ast));
  const names = new Set([...below, ...book.broken].map(({ name }) => name));
  // Whoever asks for other alerts needs them, and what those rest on.
  if ([...own, ...below].some(({ expr }) => /\bALERTS/.test(expr))) return loaded;
  return loaded.filter((rule) => own.includes(rule) || (rule.kind === 'record' && names.has(rule.name)));
}

function testOf(loaded: readonly LoadedRule[], { stepSeconds, steps, series, alerts }: Simulation): object {
  const step = `${Math.round(stepSeconds * 1000)}ms`;
  const moments = Array.from({ length: steps }, (_, at) => `${Math.round(at * stepSeconds * 1000)}ms`);
  return {
    rule_files: ['rules.json'],
    evaluation_interval: step,
    // Otherwise groups come in any order, and an alert may miss the records of its own moment.
    group_eval_order: [...new Set(loaded.map(({ group }) => group))],
    tests: [
      {
        interval: step,
        input_series: series,
        alert_rule_test: alerts.flatMap((alertname) =>
          moments.map((at) => ({ eval_time: at, alertname, exp_alerts: [] })),
        ),
      },
    ],
  };
}

/** Answers its exit status and all that it wrote; rejects where it could not be run. */
export function promtool(
  args: readonly string[],
  signal: AbortSignal,
  options: { readonly uid?: number; readonly gid?: number } = {},
): Promise<{ readonly status: number; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const env = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
    const { uid, gid } = options;
    const owner = uid === undefined || gid === undefined ? {} : { uid, gid };
    execFile(
      needProgram('promtool'),
      [...args],
      { signal, env, maxBuffer: MOST_OUTPUT, ...owner },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ status: typeof error?.code === 'number' ? error.code : 0, said: `${stdout}${stderr}` });
      },
    );
  });
}
