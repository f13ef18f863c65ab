/** All shells of a node: who may open one, who may take one over, and when they end. */
import type { Log } from '@launchgate/runtime/logging';
import type { AgentMetrics } from './metrics.ts';
import type { OpenRequest, Opened, Refused } from './protocol.ts';
import type { Limits } from './limits.ts';
import type { ShellAccount } from './environment.ts';
import type { RecordingPolicy } from './recorder.ts';
import { Session, type Viewer } from './session.ts';
import { startSession } from './starting.ts';

export interface SessionsOptions {
  readonly node: string | undefined;
  readonly limits: Limits;
  readonly account: ShellAccount;
  readonly recording?: RecordingPolicy | undefined;
  readonly metrics: AgentMetrics;
  readonly log: Log;
}

export type OpenAnswer = { readonly session: Session; readonly opened: Opened } | { readonly refused: Refused };

export interface Sessions {
  readonly size: number;
  readonly detached: number;
  open(request: OpenRequest, viewer: Viewer, gateway: string): OpenAnswer;
  kill(id: string, reason: string): boolean;
  /** Ends all; resolves when no process of theirs is left and their recordings are complete. */
  stop(): Promise<void>;
}

/** Between two looks at the timeouts, milliseconds. */
const TICK = 250;

/** Who asks for a session, and shows it from then on. */
interface Asker {
  readonly request: OpenRequest;
  readonly viewer: Viewer;
  readonly gateway: string;
}

type Known = Map<string, Session>;

export function createSessions(options: SessionsOptions): Sessions {
  const sessions: Known = new Map();
  let stopping = false;
  const timer = setInterval(() => look(sessions, options.limits), TICK);
  return {
    get size() {
      return living(sessions).length;
    },
    get detached() {
      return living(sessions).filter(({ viewer }) => viewer === undefined).length;
    },
    open(request, viewer, gateway) {
      if (stopping) return refuse('stopping', 'the agent is stopping');
      return open(sessions, options, { request, viewer, gateway });
    },
    kill: (id, reason) => kill(sessions.get(id), reason, options.log),
    async stop() {
      stopping = true;
      // Also those whose end has begun: somebody has to be there until it is over.
      await Promise.all([...sessions.values()].map((session) => session.end('agent-stopping')));
      clearInterval(timer);
    },
  };
}

function living(sessions: Known): Session[] {
  return [...sessions.values()].filter((session) => session.exit === undefined);
}

function look(sessions: Known, { exitRetention }: Limits): void {
  const now = performance.now();
  for (const session of sessions.values()) {
    session.tick(now);
    if (session.exit !== undefined && now - session.exitedAt > exitRetention) sessions.delete(session.id);
  }
}

function open(sessions: Known, options: SessionsOptions, asker: Asker): OpenAnswer {
  const { request } = asker;
  if (options.node !== undefined && request.node !== options.node)
    return refuse('denied', `this is node ${options.node}, not ${request.node}`);
  const session = sessions.get(request.session);
  if (session !== undefined) return takeOver(session, asker, options.log);
  if (request.mode === 'attach') return refuse('lost', 'there is no such session on this node');
  return create(sessions, options, asker);
}

function takeOver(session: Session, { request, viewer, gateway }: Asker, log: Log): OpenAnswer {
  if (session.user !== request.user) return refuse('denied', 'the session is of another user');
  const renewal = request.fence === session.fence && gateway === session.gateway;
  // Of an ended shell there is nothing to fence off, and its record, which counts the fences, may be gone already.
  if (session.exit === undefined && request.fence <= session.fence && !renewal)
    return { refused: { code: 'fenced', message: 'a newer connection has the session', fence: session.fence } };
  const resumed = session.attach(viewer, gateway, request);
  if (resumed === undefined) return refuse('ahead', 'the output asked for was never written by this shell');
  log.info(
    { session: session.id, user: request.user, request_id: request.requestId, gateway },
    'a session is taken up',
  );
  return { session, opened: describe(session, false, resumed) };
}

function create(sessions: Known, options: SessionsOptions, { request, viewer, gateway }: Asker): OpenAnswer {
  const full = noRoom(sessions, options.limits, request);
  if (full !== undefined) return full;
  if ((request.lastSeq ?? 0) > 0) return refuse('lost', 'the session is new, and output of an older one was asked for');
  const session = startSession(options, request);
  if (!(session instanceof Session)) return { refused: session };
  sessions.set(session.id, session);
  options.log.info(
    { session: session.id, user: request.user, request_id: request.requestId, gateway },
    'a session is opened',
  );
  const resumed = session.attach(viewer, gateway, request) ?? { seq: 0 };
  // The viewer cannot be told before it has been answered.
  if (options.recording !== undefined && session.recording === 'off')
    setImmediate(() => session.recorderFailed('continue'));
  return { session, opened: describe(session, true, resumed) };
}

function noRoom(sessions: Known, limits: Limits, { user }: OpenRequest): OpenAnswer | undefined {
  const alive = living(sessions);
  if (alive.length >= limits.sessionsPerNode) return refuse('node-cap', 'the node has no room for another session');
  if (alive.filter((session) => session.user === user).length >= limits.sessionsPerUser)
    return refuse('user-cap', 'the user has as many sessions on this node as are allowed');
  return undefined;
}

function kill(session: Session | undefined, reason: string, log: Log): boolean {
  if (session === undefined || session.exit !== undefined) return false;
  // Who asks again and again is not written down again and again.
  if (session.ending) return true;
  log.info({ session: session.id, user: session.user, reason }, 'a session is killed');
  void session.end('killed');
  return true;
}

function refuse(code: Refused['code'], message: string): OpenAnswer {
  return { refused: { code, message } };
}

function describe(session: Session, created: boolean, resumed: Pick<Opened, 'seq' | 'gap'>): Opened {
  const { inputSeq, recording, ring } = session;
  return { created, ...resumed, inputSeq, window: ring.size, recording };
}
