/** All shells of a node: who may open one, who may take one over, and when they end. */
import type { Log } from '@launchgate/runtime/logging';
import type { AgentMetrics } from './metrics.ts';
import type { EndReason, OpenRequest, Opened, Refused } from './protocol.ts';
import type { Limits } from './limits.ts';
import { shellEnvironment, type ShellAccount } from './environment.ts';
import { openPty } from './pty.ts';
import { startRecorder, type Recorder, type RecordingPolicy } from './recorder.ts';
import { Session, type Viewer } from './session.ts';

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
  /** Ends all; resolves when no process of theirs is left. */
  stop(): Promise<void>;
}

/** Between two looks at the timeouts, milliseconds. */
const TICK = 250;

export function createSessions(options: SessionsOptions): Sessions {
  const { limits, log } = options;
  const sessions = new Map<string, Session>();
  let stopping = false;
  const timer = setInterval(tick, TICK);

  function tick(): void {
    const now = performance.now();
    for (const session of sessions.values()) {
      session.tick(now);
      if (session.exit !== undefined && now - session.exitedAt > limits.exitRetention) sessions.delete(session.id);
    }
  }

  const living = () => [...sessions.values()].filter((session) => session.exit === undefined);

  function open(request: OpenRequest, viewer: Viewer, gateway: string): OpenAnswer {
    if (stopping) return refuse('stopping', 'the agent is stopping');
    if (options.node !== undefined && request.node !== options.node)
      return refuse('denied', `this is node ${options.node}, not ${request.node}`);
    const session = sessions.get(request.session);
    if (session !== undefined) return takeOver(session, request, viewer, gateway);
    if (request.mode === 'attach') return refuse('lost', 'there is no such session on this node');
    return create(request, viewer, gateway);
  }

  function takeOver(session: Session, request: OpenRequest, viewer: Viewer, gateway: string): OpenAnswer {
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

  function create(request: OpenRequest, viewer: Viewer, gateway: string): OpenAnswer {
    const alive = living();
    if (alive.length >= limits.sessionsPerNode) return refuse('node-cap', 'the node has no room for another session');
    if (alive.filter(({ user }) => user === request.user).length >= limits.sessionsPerUser)
      return refuse('user-cap', 'the user has as many sessions on this node as are allowed');
    if ((request.lastSeq ?? 0) > 0)
      return refuse('lost', 'the session is new, and output of an older one was asked for');
    const session = new Session(request, limits, events(request), recordingOf(options.recording));
    const problem = start(session, request);
    if (problem !== undefined) return { refused: problem };
    sessions.set(session.id, session);
    log.info(
      { session: session.id, user: request.user, request_id: request.requestId, gateway },
      'a session is opened',
    );
    const resumed = session.attach(viewer, gateway, request) ?? { seq: 0 };
    // The viewer cannot be told before it has been answered.
    if (options.recording !== undefined && session.recording === 'off')
      setImmediate(() => session.recorderFailed('continue'));
    return { session, opened: describe(session, true, resumed) };
  }

  function start(session: Session, request: OpenRequest): Refused | undefined {
    let recorder: Recorder | undefined;
    try {
      recorder = record(session, request);
    } catch (error) {
      recorderFailed(session, error);
      session.recording = 'off';
      if (options.recording?.onFailure === 'refuse')
        return { code: 'recorder', message: 'the session cannot be recorded, and may not go unrecorded' };
    }
    try {
      session.start(shell(session, request), recorder);
      return undefined;
    } catch (error) {
      log.error({ session: session.id, request_id: request.requestId, err: error }, 'the shell cannot be started');
      void recorder?.close(-1);
      return { code: 'spawn', message: 'the shell cannot be started' };
    }
  }

  function shell(session: Session, { cols, rows }: OpenRequest) {
    const { account } = options;
    return openPty({
      ...account,
      cwd: account.home,
      environment: shellEnvironment(account, session.id, process.env),
      cols,
      rows,
      onData: (bytes) => (options.metrics.output(bytes.length), session.output(bytes)),
      onExit: (code, signal) => session.exited(code, signal),
    });
  }

  function record(session: Session, request: OpenRequest): Recorder | undefined {
    if (options.recording === undefined) return undefined;
    const { onFailure } = options.recording;
    return startRecorder(options.recording, session.id, request, (cause) => {
      recorderFailed(session, cause);
      session.recorderFailed(onFailure);
    });
  }

  function recorderFailed(session: Session, error: unknown): void {
    options.metrics.recorderFailed();
    log.error({ session: session.id, err: error, policy: options.recording?.onFailure }, 'a session is not recorded');
  }

  function events(request: OpenRequest) {
    const { metrics } = options;
    return {
      lost: metrics.lost,
      paused: metrics.paused,
      ended(reason: EndReason) {
        metrics.ended(reason);
        log.info({ session: request.session, user: request.user, reason }, 'a session has ended');
      },
    };
  }

  return {
    get size() {
      return living().length;
    },
    get detached() {
      return living().filter(({ viewer }) => viewer === undefined).length;
    },
    open,
    kill(id, reason) {
      const session = sessions.get(id);
      if (session === undefined || session.exit !== undefined) return false;
      // Who asks again and again is not written down again and again.
      if (session.ending) return true;
      log.info({ session: id, user: session.user, reason }, 'a session is killed');
      void session.end('killed');
      return true;
    },
    async stop() {
      stopping = true;
      await Promise.all(living().map((session) => session.end('agent-stopping')));
      clearInterval(timer);
    },
  };
}

function refuse(code: Refused['code'], message: string): OpenAnswer {
  return { refused: { code, message } };
}

function recordingOf(policy: RecordingPolicy | undefined): Opened['recording'] {
  if (policy === undefined) return 'off';
  return policy.input ? 'input+output' : 'output';
}

function describe(session: Session, created: boolean, resumed: Pick<Opened, 'seq' | 'gap'>): Opened {
  const { inputSeq, recording, ring } = session;
  return { created, ...resumed, inputSeq, window: ring.size, recording };
}
