/** What is shut down after the servers, in stages: nothing loses what another one still needs. */
import type { Log } from '../shared/log.ts';

export const STAGES = ['servers', 'consumers', 'stores', 'telemetry'] as const;
export type Stage = (typeof STAGES)[number];

/** Ends something; the signal is aborted when its time is over. */
export type HookRun = (signal: AbortSignal) => Promise<unknown> | unknown;

export interface Hook {
  readonly stage: Stage;
  readonly name: string;
  readonly run: HookRun;
}

/** Stages in order, the hooks of one stage together. A failure or a timeout stops none of the others; answers their names. */
export async function runHooks(hooks: readonly Hook[], deadline: AbortSignal, log: Log): Promise<string[]> {
  const failed: string[] = [];
  for (const stage of STAGES) {
    const ours = hooks.filter((hook) => hook.stage === stage);
    const results = await Promise.all(ours.map((hook) => runHook(hook, deadline, log)));
    failed.push(...ours.filter((_, index) => results[index] === false).map(({ name }) => name));
  }
  return failed;
}

async function runHook({ stage, name, run }: Hook, deadline: AbortSignal, log: Log): Promise<boolean> {
  try {
    await Promise.race([Promise.resolve().then(() => run(deadline)), aborted(deadline, name)]);
    return true;
  } catch (error) {
    log.error({ err: error, hook: name, stage }, `shutdown hook ${name} failed`);
    return false;
  }
}

function aborted(signal: AbortSignal, name: string): Promise<never> {
  return new Promise((_, reject) => {
    const late = (): void => reject(new Error(`shutdown hook ${name} did not end in time`));
    // A hook of a later stage still gets one turn: what is quick, or synchronous, is done even when time is over.
    if (signal.aborted) setImmediate(late);
    else signal.addEventListener('abort', late, { once: true });
  });
}
