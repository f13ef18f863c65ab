/** Load on the public edge of a target, whatever the target is. */
import { authorityOf, type EdgePlace } from '../../model/drill/edge.ts';
import type { Load, LoadOptions, LoadRequest, RunningLoad } from '../../model/drill/load.ts';
import { LaunchgateError } from '../../model/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGenerator } from '../load/generator.ts';
import type { LoadPlan, PlannedRequest } from '../load/plan.ts';
import type { Use } from '../target.ts';
import { RUN_MARK } from '../undo/end-processes.ts';

/** A higher rate from one core is a slip of the pen. */
const MOST_PER_SECOND = 1_000_000;
const MOST_CONNECTIONS = 20_000;
/** Unless told otherwise: enough for answers that take a second. */
const MOST_BY_DEFAULT = 256;
const DEFAULT_TIMEOUT_MS = 10_000;

/** Its process carries the mark of the run, and so ends with it, however the run ends. */
export function edgeLoad(place: EdgePlace, { signal, run }: Use, addresses: Load['addresses']): Load {
  async function start(options: LoadOptions, seconds?: number): Promise<RunningLoad> {
    signal.throwIfAborted();
    const generator = await startGenerator(planOf(place, options, seconds), { [RUN_MARK]: run });
    if (signal.aborted) generator.end();
    signal.addEventListener('abort', generator.end, { once: true });
    return generator;
  }
  return {
    addresses,
    start: (options) => start(options),
    async run({ seconds, ...options }) {
      const running = await start(options, seconds);
      await sleep(seconds * 1000, undefined, { signal });
      return running.stop();
    },
  };
}

/** The load as its process is told. Throws for numbers that make no sense. */
export function planOf(place: EdgePlace, options: LoadOptions, seconds?: number): LoadPlan {
  const { requests, perSecond, protocol = 'http/1.1', timeoutMs = DEFAULT_TIMEOUT_MS, from = [], idHeader } = options;
  const connections = options.connections ?? Math.min(MOST_BY_DEFAULT, Math.max(1, Math.ceil(perSecond)));
  if (requests.length === 0) throw refusal('no request is named');
  if (!(perSecond > 0 && perSecond <= MOST_PER_SECOND)) throw refusal(`${perSecond} requests a second`);
  if (!(Number.isInteger(connections) && connections > 0 && connections <= MOST_CONNECTIONS))
    throw refusal(`${connections} connections`);
  if (!(timeoutMs > 0)) throw refusal(`a timeout of ${timeoutMs} ms`);
  return {
    protocol,
    address: place.address,
    port: place.httpsPort,
    tls: place.ca === undefined ? {} : { ca: place.ca },
    requests: requests.map((request) => planned(request, place.httpsPort)),
    perSecond,
    connections,
    timeoutMs,
    from,
    ...(idHeader === undefined ? {} : { idHeader }),
    ...(seconds === undefined ? {} : { seconds }),
  };
}

function planned({ host, path, method = 'GET', headers = {}, body }: LoadRequest, port: number): PlannedRequest {
  const lower = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return {
    host,
    authority: authorityOf(host, port),
    path,
    method,
    headers: { 'user-agent': 'launchgate-load', ...Object.fromEntries(lower) },
    body,
  };
}

function refusal(what: string): LaunchgateError {
  return new LaunchgateError('usage', `this load makes no sense: ${what}`, {
    next: `Ask for up to ${MOST_PER_SECOND} requests a second over up to ${MOST_CONNECTIONS} connections.`,
  });
}
