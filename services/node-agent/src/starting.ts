/** The shell of a session, with its recorder where sessions are recorded, and what is told of both. */
import { shellEnvironment } from './environment.ts';
import type { EndReason, OpenRequest, Opened, Refused } from './protocol.ts';
import { openPty, type Pty } from './pty.ts';
import { startRecorder, type Recorder, type RecordingPolicy } from './recorder.ts';
import { Session, type SessionEvents } from './session.ts';
import type { SessionsOptions } from './sessions.ts';

/** A session with its shell; or why there is none. */
export function startSession(options: SessionsOptions, request: OpenRequest): Session | Refused {
  const session = new Session(request, options.limits, eventsOf(options, request), recordingOf(options.recording));
  let recorder: Recorder | undefined;
  try {
    recorder = record(options, session, request);
  } catch (error) {
    recorderFailed(options, session, error);
    session.recording = 'off';
    if (options.recording?.onFailure === 'refuse')
      return { code: 'recorder', message: 'the session cannot be recorded, and may not go unrecorded' };
  }
  try {
    session.start(shell(options, session, request), recorder);
    return session;
  } catch (error) {
    options.log.error(
      { session: session.id, request_id: request.requestId, err: error },
      'the shell cannot be started',
    );
    void recorder?.close(-1);
    return { code: 'spawn', message: 'the shell cannot be started' };
  }
}

function shell({ account, metrics }: SessionsOptions, session: Session, { cols, rows }: OpenRequest): Pty {
  return openPty({
    ...account,
    cwd: account.home,
    environment: shellEnvironment(account, session.id, process.env),
    cols,
    rows,
    onData: (bytes) => (metrics.output(bytes.length), session.output(bytes)),
    onTaken: (bytes) => session.inputTaken(bytes),
    onExit: (code, signal) => session.exited(code, signal),
  });
}

function record(options: SessionsOptions, session: Session, request: OpenRequest): Recorder | undefined {
  if (options.recording === undefined) return undefined;
  const { onFailure } = options.recording;
  return startRecorder(options.recording, session.id, request, (cause) => {
    recorderFailed(options, session, cause);
    session.recorderFailed(onFailure);
  });
}

function recorderFailed({ metrics, log, recording }: SessionsOptions, session: Session, error: unknown): void {
  metrics.recorderFailed();
  log.error({ session: session.id, err: error, policy: recording?.onFailure }, 'a session is not recorded');
}

function eventsOf({ metrics, log }: SessionsOptions, request: OpenRequest): SessionEvents {
  return {
    lost: metrics.lost,
    paused: metrics.paused,
    ended(reason: EndReason) {
      metrics.ended(reason);
      log.info({ session: request.session, user: request.user, reason }, 'a session has ended');
    },
  };
}

function recordingOf(policy: RecordingPolicy | undefined): Opened['recording'] {
  if (policy === undefined) return 'off';
  return policy.input ? 'input+output' : 'output';
}
