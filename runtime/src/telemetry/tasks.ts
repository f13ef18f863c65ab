import type { Metrics } from './metrics.ts';

/**
 * Counts and times a task of a worker: `worker_tasks_total{service,task,result}` and `worker_task_duration_seconds{service,task}`. Failures are
 * counted from nought, as those of requests are.
 */
export async function observeTask<T>(
  { tasks, taskDuration, service }: Metrics,
  task: string,
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  let result = 'error';
  try {
    const value = await work();
    result = 'ok';
    return value;
  } finally {
    tasks.inc({ service, task, result: 'error' }, result === 'error' ? 1 : 0);
    if (result === 'ok') tasks.inc({ service, task, result });
    taskDuration.observe({ service, task }, (performance.now() - start) / 1000);
  }
}
