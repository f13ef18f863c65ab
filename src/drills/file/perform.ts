/** Does an activity of a drill in a file, by what the target offers, and answers what came of it. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Capabilities } from '../../model/drill/capabilities.ts';
import type { ClusterWay } from '../../model/drill/cluster.ts';
import { CannotTell } from '../../model/drill/drill.ts';
import { seconds } from '../../model/duration.ts';
import { runProgram } from './program.ts';
import type { Activity } from './schema.ts';

export interface World {
  readonly target: Pick<Capabilities, 'edge' | 'people' | 'databases' | 'messages' | 'metrics' | 'parts' | 'cluster'>;
  readonly signal: AbortSignal;
  /** What programs run in, and relative paths are of. */
  readonly folder: string;
  /** Id of the run, which its programs carry. Absent where something is taken back: what the way back starts again is to stay. */
  readonly run?: string;
}

/** What came of an activity. Whether it is a number is asked by those who want one: see `ask`. */
export interface Came {
  readonly value: unknown;
  /** To precede the value: `orders answers`. */
  readonly said: string;
}

type Of<N extends keyof Activity> = NonNullable<Activity[N]>;

/** Rejects with CannotTell where nothing can be told; what fails otherwise is told as it is. */
export async function perform(activity: Activity, world: World): Promise<Came> {
  if (activity.command !== undefined) return command(activity.command, world);
  if (activity.http !== undefined) return http(activity.http, world);
  if (activity.sql !== undefined) return sql(activity.sql, world);
  if (activity.redis !== undefined) return redis(activity.redis, world);
  if (activity.nats !== undefined) return nats(activity.nats, world);
  if (activity.promql !== undefined) return promql(activity.promql, world);
  if (activity.kubernetes !== undefined) return kubernetes(activity.kubernetes, world);
  if (activity.process !== undefined) return onPart(activity.process, world);
  await sleep(seconds(activity.pause ?? '0s') * 1000, undefined, { signal: world.signal });
  return { value: undefined, said: 'a pause answers' };
}

async function command({ run: argv, value }: Of<'command'>, { folder, run, signal }: World): Promise<Came> {
  const [name = ''] = argv;
  const { code, stdout, stderr } = await runProgram({ argv, folder, run, signal });
  if (value === 'exit') return { value: code, said: `${name} ends with` };
  if (code !== 0) throw new CannotTell(`${name} ended with ${code}: ${stderr.slice(0, 200)}`);
  return { value: stdout.trim(), said: `${name} prints` };
}

async function http(call: Of<'http'>, world: World): Promise<Came> {
  const { status, ms } = await answerOf(call, world);
  const what = call.url ?? `${call.service}${call.path}`;
  if (call.value === 'status') return { value: status, said: `${what} answers` };
  // What refuses, breaks or sends elsewhere is often quick: that is no time of an answer.
  if (status >= 300) throw new CannotTell(`${what} answered with ${status}, so there is no time of an answer`);
  return { value: ms, said: `${what} answers after` };
}

async function answerOf(
  { service, path = '/', url, method, headers, body, as }: Of<'http'>,
  { target, signal }: World,
): Promise<{ readonly status: number; readonly ms: number }> {
  const token = as === undefined ? undefined : await target.people.token(as);
  if (service !== undefined) {
    const { edge } = target;
    return edge.ask(edge.host(service), path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(token === undefined ? {} : { token }),
    });
  }
  const began = performance.now();
  const response = await fetch(url ?? '', {
    method,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body }),
  });
  await response.arrayBuffer();
  return { status: response.status, ms: performance.now() - began };
}

async function sql({ store, query, as }: Of<'sql'>, { target }: World): Promise<Came> {
  const connection = await target.databases.sql(store, as);
  try {
    const [row = {}] = await connection.query(query);
    return { value: Object.values(row)[0], said: `${store} answers` };
  } finally {
    await connection.close();
  }
}

async function redis({ store, command: [name = '', ...args], as }: Of<'redis'>, { target }: World): Promise<Came> {
  const connection = await target.databases.redis(store, as);
  try {
    const reply = await connection.call(name, ...args);
    return { value: reply === 'OK' || reply === 'PONG' ? 1 : reply, said: `${store} replies` };
  } finally {
    await connection.close();
  }
}

async function nats({ store, subject, payload, request, as }: Of<'nats'>, { target }: World): Promise<Came> {
  const connection = await target.messages.connect(store, as);
  const began = performance.now();
  try {
    await (request ? connection.request(subject, payload) : connection.publish(subject, payload));
    return { value: performance.now() - began, said: `${store} takes` };
  } finally {
    await connection.close();
  }
}

async function promql({ query }: Of<'promql'>, { target }: World): Promise<Came> {
  const series = await target.metrics.query(query);
  const [only, second] = series;
  if (only === undefined) throw new CannotTell(`no series answers ${query}`);
  if (second !== undefined) throw new CannotTell(`${series.length} series answer ${query}, expected one; aggregate it`);
  return { value: only.value, said: `${query} is` };
}

async function kubernetes(call: Of<'kubernetes'>, { target, folder }: World): Promise<Came> {
  const { method, path, patch, value: pointer } = call;
  const answer = await target.cluster.call(method, path, { patch, way: clusterWay(call, folder) });
  if (pointer === undefined) return { value: undefined, said: `${path} answers` };
  return { value: pointedAt(answer, pointer), said: `${path} holds at ${pointer}` };
}

/** The way to the cluster that an activity names. */
export function clusterWay({ kubeconfig, context }: Of<'kubernetes'>, folder: string): ClusterWay {
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(folder, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
  };
}

async function onPart({ part, do: what }: Of<'process'>, { target: { parts } }: World): Promise<Came> {
  switch (what) {
    case 'freeze':
    case 'thaw':
    case 'kill':
      await parts[what](part);
      return { value: undefined, said: `${what} of ${part} answers` };
    case 'start':
    case 'restart':
      return { value: await parts[what](part), said: `${what} of ${part} takes` };
  }
}

/** RFC 6901. */
function pointedAt(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined),
      document,
    );
}
