/**
 * Changing a running edge. Every change is a new configuration that nginx has tested before it is told to load it; one that it refuses is
 * undone. A change has happened when no worker of the older configuration takes connections any more.
 *
 * A rolling restart of the services behind the edge needs no change of it, and should make none. A reload closes idle connections of
 * HTTP/1.1 clients at once, and a request that is on its way into one of them is answered by a reset: nothing in nginx before 1.27.4
 * (`keepalive_min_timeout`) prevents that, while clients of HTTP/2 are told by GOAWAY what was not processed. Without a reload nobody
 * is reset, if these hold, which `rolling.test.ts` shows with real connections:
 *
 *  1. A replica that was told to end goes on accepting for its propagation delay and says `Connection: close` with every answer.
 *  2. `upstreamIdle` is shorter than that delay: when the listener closes, no idle connection to the replica is left into which the edge
 *     could still send a POST that it must not repeat.
 *  3. A connection that is refused afterwards goes to another replica, POST or not: nothing had been sent. So there is another one.
 *  4. The next replica follows when the first is ready again. The edge passes nobody over, so it is asked at once.
 *
 * Taking a replica out by a reload is for what cannot drain itself: one that hangs, or is about to be frozen by a drill.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchgateError } from '../../../../model/errors.ts';
import { readConfig, testConfig, writeConfig } from './files.ts';
import type { EdgeConfig, Waf } from './types.ts';
import { activeWorkers, connectionsTo, masterOf } from './workers.ts';

export interface EdgeControl {
  config(): EdgeConfig;
  /** Loads what `change` makes of the present configuration; resolves when only that is served. */
  change(change: (config: EdgeConfig) => EdgeConfig): Promise<void>;
  setWaf(waf: Partial<Waf>): Promise<void>;
  setRateLimits(on: boolean): Promise<void>;
  /** No new request goes to the replica; resolves when the edge has no connection to it left, or throws after `within` milliseconds. */
  takeOut(upstream: string, address: string, within?: number): Promise<void>;
  putBack(upstream: string, address: string): Promise<void>;
}

export function edgeControl(folder: string): EdgeControl {
  const change = (how: (config: EdgeConfig) => EdgeConfig): Promise<void> => reload(folder, how);
  return {
    config: () => readConfig(folder),
    change,
    setWaf: (waf) => change((config) => ({ ...config, waf: { ...config.waf, ...waf } })),
    setRateLimits: (rateLimits) => change((config) => ({ ...config, rateLimits })),
    takeOut: async (upstream, address, within = 60_000) => {
      await change((config) => withReplica(config, upstream, address, true));
      await until(() => connectionsTo(master(folder), address) === 0, within, `the edge to let go of ${address}`);
    },
    putBack: (upstream, address) => change((config) => withReplica(config, upstream, address, false)),
  };
}

async function reload(folder: string, how: (config: EdgeConfig) => EdgeConfig): Promise<void> {
  const before = readConfig(folder);
  const pid = master(folder);
  const old = new Set(activeWorkers(pid));
  writeConfig(folder, { ...how(before), generation: before.generation + 1 });
  try {
    await testConfig(folder);
  } catch (error) {
    writeConfig(folder, before);
    throw error;
  }
  process.kill(pid, 'SIGHUP');
  const replaced = (): boolean => {
    const now = activeWorkers(pid);
    return now.length > 0 && now.every((worker) => !old.has(worker));
  };
  await until(replaced, 30_000, 'nginx to replace its workers');
}

function withReplica(config: EdgeConfig, name: string, address: string, down: boolean): EdgeConfig {
  const upstream = config.upstreams.find((one) => one.name === name);
  const replica = upstream?.replicas.find((one) => one.address === address);
  if (upstream === undefined || replica === undefined)
    throw new LaunchgateError('not-found', `the edge knows no replica ${address} of ${name}`);
  if (down && upstream.replicas.every((one) => one.down || one === replica))
    throw new LaunchgateError('refused', `${address} is the last replica of ${name} that is in`);
  const replicas = upstream.replicas.map((one) => (one === replica ? { ...one, down } : one));
  return { ...config, upstreams: config.upstreams.map((one) => (one === upstream ? { ...one, replicas } : one)) };
}

function master(folder: string): number {
  const pid = masterOf(folder);
  if (pid === undefined) throw new LaunchgateError('not-found', `no nginx runs from ${folder}`);
  return pid;
}

async function until(holds: () => boolean, within: number, what: string): Promise<void> {
  const end = performance.now() + within;
  while (!holds()) {
    if (performance.now() > end)
      throw new LaunchgateError('internal', `waited ${within} ms in vain for ${what}`, {
        next: 'Look at private/error.log of the edge.',
      });
    await sleep(25);
  }
}
