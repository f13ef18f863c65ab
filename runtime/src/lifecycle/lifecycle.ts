/**
 * A process that can leave: signal -> readiness flips -> it serves on while proxies take it out -> it takes nothing new ->
 * open work ends -> what is left is cut off -> hooks -> exit.
 */
import { AttachedServer, type AnyServer, type CutOff } from './attached-server.ts';
import { cutOff, drain, leave, type Endable } from './drain.ts';
import { checkGrace } from './grace.ts';
import { runHooks, STAGES, type Hook, type HookRun, type Stage } from './hooks.ts';
import { jittered, OpenEnded, type AnyResponse, type Finish } from './open-ended.ts';
import { settingsOf, type LifecycleOptions } from './options.ts';
import { installHandlers } from './process.ts';
import { SILENT } from '../shared/log.ts';
import type { WebSocketEnding, WebSocketServerLike } from './web-sockets.ts';

export type Phase = 'running' | 'leaving' | 'draining' | 'closing' | 'stopped';

export interface DrainReport {
  readonly reason: string;
  /** Work that did not end in time, or before a second signal. */
  readonly cutOff: CutOff;
  readonly forced: boolean;
  readonly failedHooks: readonly string[];
  readonly milliseconds: number;
}

export interface Lifecycle {
  readonly phase: Phase;
  /** From the signal on: what readiness answers by. */
  readonly draining: boolean;
  /** Aborted at the signal. */
  readonly signal: AbortSignal;
  /** Aborted when the propagation delay is over: whoever fetches work stops. */
  readonly drainSignal: AbortSignal;
  /** Watches a server; before it listens. */
  attach(server: AnyServer): void;
  /** An answer without end (event stream, long-poll) and how it is ended. Cheap; forgotten when the answer closes. */
  openEnded(response: AnyResponse, finish: Finish): void;
  webSockets(server: WebSocketServerLike, ending?: WebSocketEnding): void;
  hook(stage: Stage, name: string, run: HookRun): void;
  /** Takes over SIGTERM, SIGINT and what nobody caught; once, before any server listens. */
  install(): void;
  /** Leaves, as at a signal, without ending the process. Called again it answers the same promise. */
  shutdown(reason: string): Promise<DrainReport>;
  /** Cuts everything off now; a shutdown under way ends with `forced`. */
  force(): void;
}

/** @throws RangeError for a time that is none. */
export function createLifecycle(options: LifecycleOptions = {}): Lifecycle {
  const settings = settingsOf(options);
  const log = options.log ?? SILENT;
  const servers: AttachedServer[] = [];
  const webSockets: Endable[] = [];
  const hooks: Hook[] = [];
  const openEnded = new OpenEnded();
  const subject = { servers, webSockets, openEnded };
  const [leaving, draining, forced] = [new AbortController(), new AbortController(), new AbortController()];
  const policy = {
    refuseWhileLeaving: settings.upgradesWhileLeaving === 'refuse',
    retryAfterMs: () => jittered(settings.retryAfter),
  };
  let phase: Phase = 'running';
  let installed = false;
  let leavingFor: Promise<DrainReport> | undefined;

  async function goThroughPhases(reason: string): Promise<DrainReport> {
    const started = performance.now();
    phase = 'leaving';
    log.info({ reason, ...settings }, 'leaving: not ready any more, still serving');
    leaving.abort();
    await leave(subject, settings, forced.signal);
    phase = 'draining';
    log.info({ openEnded: openEnded.size }, 'draining: nothing new is taken');
    draining.abort();
    const cut = await drain(subject, settings, forced.signal);
    phase = 'closing';
    const time = new AbortController();
    // Holds the process, as the signal of a timeout would not: a hook may wait for something that does not either.
    const over = setTimeout(() => time.abort(), settings.hookWindow);
    const failedHooks = await runHooks(hooks, AbortSignal.any([time.signal, forced.signal]), log);
    clearTimeout(over);
    phase = 'stopped';
    const isForced = forced.signal.aborted || cut.requests + cut.streams + cut.upgraded > 0;
    return {
      reason,
      cutOff: cut,
      forced: isForced,
      failedHooks,
      milliseconds: Math.round(performance.now() - started),
    };
  }

  const lifecycle: Lifecycle = {
    get phase() {
      return phase;
    },
    get draining() {
      return phase !== 'running';
    },
    signal: leaving.signal,
    drainSignal: draining.signal,
    attach: (server) => void servers.push(new AttachedServer(server, policy)),
    openEnded(response, finish) {
      openEnded.add(response, finish);
      if (phase !== 'running' && phase !== 'leaving')
        openEnded.endAll(() => ({ retryAfterMs: jittered(settings.retryAfter), deadline: new Date() }));
    },
    webSockets: (server, ending = {}) => void webSockets.push({ server, ending }),
    hook(stage, name, run) {
      if (!STAGES.includes(stage))
        throw new RangeError(`hook ${name} is of stage ${stage}, expected ${STAGES.join(', ')}`);
      hooks.push({ stage, name, run });
    },
    install() {
      if (installed) throw new Error('the lifecycle is installed already');
      installed = true;
      warnOfGrace();
      installHandlers(lifecycle, { log, off: settings.off, longest: longest() });
    },
    shutdown: (reason) => (leavingFor ??= goThroughPhases(reason)),
    force() {
      forced.abort();
      cutOff(subject);
    },
  };
  return lifecycle;

  function longest(): number {
    return settings.propagationDelay + settings.drainWindow + settings.hookWindow;
  }

  function warnOfGrace(): void {
    const { gracePeriod, preStop } = options;
    if (gracePeriod === undefined) return;
    const answer = checkGrace({ ...settings, gracePeriod, ...(preStop !== undefined && { preStop }) });
    if (!answer.holds) log.warn({ needed: answer.needed, gracePeriod }, answer.message);
  }
}
