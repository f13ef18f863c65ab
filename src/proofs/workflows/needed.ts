import type { Job } from './types.ts';

/** The jobs of a workflow that those of these ids are and need, however far; an id that no job has is left out. */
export function neededJobs(first: readonly string[], jobs: readonly Job[]): Job[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const ids = new Set(first);
  for (const id of ids) for (const next of byId.get(id)?.needs ?? []) ids.add(next);
  return [...ids].flatMap((id) => byId.get(id) ?? []);
}
