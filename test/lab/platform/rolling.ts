/** A rollout under load: terminals that are worked in, requests at a fixed rate, and parts restarted one after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FAIL_TIMEOUT } from '../../../src/drills/lab/parts/edge/control.ts';
import { startLoad, type LoadReport } from './load.ts';
import { rent, type Platform } from './platform.ts';
import { openSession, type Session } from './sessions.ts';

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

/** Sessions of one user and of one address: under the caps of gateway, agent and edge. */
const PER_USER = 5;

export async function roll(platform: Platform, options: RollingOptions): Promise<RollingReport> {
  const progress = options.progress ?? (() => undefined);
  const owner = await platform.token('load-1');
  for (const node of options.nodes) await rent(platform, owner, node);
  const sessions = await openAll(platform, options);
  progress(`${sessions.length} sessions are open`);
  const load = startLoad(platform, {
    path: '/api/v1/instances',
    rate: options.rate,
    tokens: await Promise.all([1, 2, 3, 4].map((number) => platform.token(`load-${number}`))),
    from: [1, 2, 3, 4].map((number) => `127.0.2.${number}`),
  });
  const typing = startTyping(sessions);
  for (const part of options.roll) {
    await platform.restart(part);
    progress(`${part} was restarted`);
    await sleep(FAIL_TIMEOUT * 1000);
  }
  typing.stop();
  const report = await load.stop();
  const verdicts = await Promise.all(sessions.map((session) => session.finish().catch(String)));
  for (const session of sessions) session.close();
  const codes = sessions.flatMap(({ closes }) => closes.filter((code) => code !== 1000 && code !== 1005));
  return {
    closes: Object.fromEntries([...Map.groupBy(codes, String)].map(([code, all]) => [code, all.length])),
    resumes: sessions.reduce((sum, session) => sum + session.ready() - 1, 0),
    gaps: sessions.reduce((sum, session) => sum + session.gaps(), 0),
    damaged: verdicts.filter((verdict) => verdict !== undefined),
    load: report,
  };
}

async function openAll(platform: Platform, { sessions, nodes, tick, opening }: RollingOptions): Promise<Session[]> {
  const open: Session[] = [];
  for (let first = 0; first < sessions; first += opening) {
    const some = Array.from({ length: Math.min(opening, sessions - first) }, (_, index) => first + index);
    const made = some.map((number) => {
      const user = 1 + Math.floor(number / PER_USER);
      const from = `127.0.${3 + Math.floor(user / 250)}.${1 + (user % 250)}`;
      return openSession(platform, { user: `load-${user}`, nodeId: nodes[number % nodes.length]!, from, tick });
    });
    open.push(...(await Promise.all(made)));
  }
  return open;
}

/** Each session is typed into once a second, one after the other. */
function startTyping(sessions: readonly Session[]): { stop(): void } {
  let turn = 0;
  const timer = setInterval(
    () => {
      sessions[turn % sessions.length]?.type(`w${Math.floor(turn / sessions.length)}`);
      turn += 1;
    },
    Math.max(1, 1000 / sessions.length),
  );
  return { stop: () => clearInterval(timer) };
}
