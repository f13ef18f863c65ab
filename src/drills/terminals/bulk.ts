/** Many terminals at once, each of which is typed into, and what became of all of them. */
import { openSession, type Session, type TerminalEntry } from './session.ts';

export interface BulkOptions {
  readonly sessions: number;
  /** Ids of the nodes that they are spread over. */
  readonly nodes: readonly string[];
  /** Seconds between two lines of each shell. */
  readonly tick: number;
  /** Sessions that are opened at once. */
  readonly opening: number;
  /** Whose the session of a number is, and where it comes from. */
  readonly who: (number: number) => { readonly user: string; readonly from?: string };
}

export interface BulkReport {
  readonly sessions: number;
  /** Closes by WebSocket code, less those that a session ended itself. */
  readonly closes: Readonly<Record<string, number>>;
  /** Connections that took up a session that was there. */
  readonly resumed: number;
  readonly gaps: number;
  readonly lostBytes: number;
  readonly doubledBytes: number;
  /** What was wrong, one for each session that has something. */
  readonly damaged: readonly string[];
}

/** Sessions of one user and of one address: under the caps of gateway, agent and edge. */
const PER_USER = 5;
/** RFC 6455 §7.4.1: a normal end, and one without a code. */
const NORMAL = [1000, 1005];

/** Users `load-1`, `load-2` … of a lab, each from a loopback address of its own. */
export function loadUser(number: number): { readonly user: string; readonly from: string } {
  const user = 1 + Math.floor(number / PER_USER);
  return { user: `load-${user}`, from: `127.0.${3 + Math.floor(user / 250)}.${1 + (user % 250)}` };
}

/** Opens all, or none: those that came up are closed when one does not. */
export async function openAll(entry: TerminalEntry, options: BulkOptions): Promise<Session[]> {
  const { sessions, nodes, tick, opening, who } = options;
  const open: Session[] = [];
  for (let first = 0; first < sessions; first += opening) {
    const numbers = Array.from({ length: Math.min(opening, sessions - first) }, (_, index) => first + index);
    const made = await Promise.allSettled(
      numbers.map((number) => openSession(entry, { ...who(number), nodeId: nodes[number % nodes.length]!, tick })),
    );
    open.push(...made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    const failed = made.find(({ status }) => status === 'rejected');
    if (failed === undefined) continue;
    for (const session of open) session.close();
    throw (failed as PromiseRejectedResult).reason;
  }
  return open;
}

/** Each session is typed into once a second, one after the other. */
export function startTyping(sessions: readonly Session[]): { stop(): void } {
  let turn = 0;
  const type = () => {
    sessions[turn % sessions.length]?.type(`w${Math.floor(turn / sessions.length)}`);
    turn += 1;
  };
  const timer = setInterval(type, Math.max(1, 1000 / sessions.length));
  return { stop: () => clearInterval(timer) };
}

/** What became of them so far. */
export function reportOn(sessions: readonly Session[]): BulkReport {
  const verdicts = sessions.map((session) => session.verdict());
  const codes = sessions.flatMap(({ closes }) => closes.filter((code) => !NORMAL.includes(code)));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    sessions: sessions.length,
    closes: Object.fromEntries([...Map.groupBy(codes, String)].map(([code, all]) => [code, all.length])),
    resumed: sum(sessions.map((session) => session.ready() - 1)),
    gaps: sum(sessions.map((session) => session.gaps())),
    lostBytes: sum(verdicts.map(({ lost }) => lost)),
    doubledBytes: sum(verdicts.map(({ doubled }) => doubled)),
    damaged: verdicts.flatMap(({ wrong }) => wrong ?? []),
  };
}

/** Ends every shell, waits for its last byte and closes. Sessions whose shell did not end are damaged. */
export async function finishAll(sessions: readonly Session[]): Promise<BulkReport> {
  const ends = await Promise.allSettled(sessions.map((session) => session.finish()));
  const report = reportOn(sessions);
  for (const session of sessions) session.close();
  const hung = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  return { ...report, damaged: [...report.damaged, ...hung] };
}
