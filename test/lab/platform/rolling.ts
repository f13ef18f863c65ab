/** A rollout under load: terminals that are worked in, requests at a fixed rate, and parts restarted one after the other. */
import { finishAll, loadUser, openAll, startTyping } from '../../../src/drills/terminals/bulk.ts';
import { startLoad, type LoadReport } from './load.ts';
import { rent, terminalsOf, type Platform } from './platform.ts';

export interface RollingOptions {
  readonly sessions: number;
  /** Ids of the nodes that they are on; nobody else may have rented them. */
  readonly nodes: readonly string[];
  /** Requests a second to the API. */
  readonly rate: number;
  /** Parts that are restarted, in this order. */
  readonly roll: readonly string[];
  /** Seconds between two lines of each shell. */
  readonly tick: number;
  /** Sessions that are opened at once. */
  readonly opening: number;
  readonly progress?: (words: string) => void;
}

export interface RollingReport {
  /** By close code, over all sessions. */
  readonly closes: Readonly<Record<string, number>>;
  /** Connections that took up a session that was there. */
  readonly resumes: number;
  readonly gaps: number;
  /** What was wrong with the bytes of a session, one for each. */
  readonly damaged: readonly string[];
  readonly load: LoadReport;
}

export async function roll(platform: Platform, options: RollingOptions): Promise<RollingReport> {
  const progress = options.progress ?? (() => undefined);
  const owner = await platform.token('load-1');
  for (const node of options.nodes) await rent(platform, owner, node);
  const sessions = await openAll(terminalsOf(platform), { ...options, who: loadUser });
  progress(`${sessions.length} sessions are open`);
  const requests = startLoad(platform, {
    path: '/api/v1/instances',
    rate: options.rate,
    tokens: await Promise.all([1, 2, 3, 4].map((number) => platform.token(`load-${number}`))),
    from: [1, 2, 3, 4].map((number) => `127.0.2.${number}`),
  });
  const typing = startTyping(sessions);
  for (const part of options.roll) {
    await platform.restart(part);
    progress(`${part} was restarted`);
  }
  typing.stop();
  const load = await requests.stop();
  const { closes, resumed, gaps, damaged } = await finishAll(sessions);
  return { closes, resumes: resumed, gaps, damaged, load };
}
