import { environmentOf } from '../../../../model/env.ts';
import { containers, type Workload } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { PROCESSES, wholeNumber } from './pool-names.ts';

/** Processes that each keep a pool: a variable, or the workers of a server that forks (`gunicorn --workers 4`). */
export function processesOf(view: PlatformView, workload: Workload): number {
  const variables = environmentOf(view, workload).filter(({ name }) => PROCESSES.includes(name));
  const set = variables
    .map(({ source }) => ('value' in source ? wholeNumber(source.value) : undefined))
    .find((value) => value !== undefined && value > 0);
  if (set !== undefined) return set;
  const words = containers(workload).map(({ at }) =>
    [...at.get('command').strings(), ...at.get('args').strings()].join(' '),
  );
  const forking = words.find((line) => /\b(?:gunicorn|uvicorn|hypercorn|granian|puma|unicorn)\b/.test(line)) ?? '';
  return Math.max(1, Number(/(?:--workers|-w)[= ](\d{1,4})\b/.exec(forking)?.[1] ?? 1));
}
