/** Does an activity of a drill in a file, by what the target offers, and answers its number. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Capabilities } from '../../model/drill/capabilities.ts';
import { CannotTell } from '../../model/drill/drill.ts';
import { seconds } from '../../model/duration.ts';
import { kubeAccess, kubeCall } from '../targets/environment/kubernetes.ts';
import type { Activity } from './schema.ts';

export interface World {
  readonly target: Pick<Capabilities, 'edge' | 'people' | 'databases' | 'messages' | 'metrics' | 'parts'>;
  readonly signal: AbortSignal;
}

/** Rejects with CannotTell where there is no number to be had; what fails otherwise is told as it is. */
export async function perform(activity: Activity, world: World): Promise<number> {
  if (activity.command !== undefined) return command(activity.command, world);
  if (activity.http !== undefined) return http(activity.http, world);
  if (activity.sql !== undefined) return sql(activity.sql, world);
  if (activity.redis !== undefined) return redis(activity.redis, world);
  if (activity.nats !== undefined) return nats(activity.nats, world);
  if (activity.promql !== undefined) return promql(activity.promql, world);
  if (activity.kubernetes !== undefined) return kubernetes(activity.kubernetes, world);
  if (activity.process !== undefined) return onPart(activity.process, world);
  await sleep(seconds(activity.pause ?? '0s') * 1000, undefined, { signal: world.signal });
  return 0;
}

type Of<N extends keyof Activity> = NonNullable<Activity[N]>;

function command({ run: [program = '', ...args], value }: Of<'command'>, { signal }: World): Promise<number> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { signal, maxBuffer: 1024 * 1024, windowsHide: true }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== 'number')
        return reject(new CannotTell(`${program} could not be run: ${error?.message ?? ''}`));
      if (value === 'exit') return resolve(code);
      if (code !== 0) return reject(new CannotTell(`${program} ended with ${code}: ${stderr.slice(0, 200)}`));
      resolve(numberOf(stdout.trim(), `${program} prints`));
    });
  });
}

async function http(call: Of<'http'>, { target, signal }: World): Promise<number> {
  const { service, path = '/', url, method, headers, body, as, value } = call;
  const token = as === undefined ? undefined : await target.people.token(as);
  if (service !== undefined) {
    const { edge } = target;
    const answer = await edge.ask(edge.host(service), path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(token === undefined ? {} : { token }),
    });
    return value === 'ms' ? answer.ms : answer.status;
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
  return value === 'ms' ? performance.now() - began : response.status;
}

async function sql({ store, query, as }: Of<'sql'>, { target }: World): Promise<number> {
  const connection = await target.databases.sql(store, as);
  try {
    const [row] = await connection.query(query);
    return row === undefined ? 0 : numberOf(Object.values(row)[0], `${store} answers`);
  } finally {
    await connection.close();
  }
}

async function redis({ store, command: [name = '', ...args], as }: Of<'redis'>, { target }: World): Promise<number> {
  const connection = await target.databases.redis(store, as);
  try {
    const reply = await connection.call(name, ...args);
    return reply === 'OK' || reply === 'PONG' ? 1 : numberOf(reply, `${store} replies`);
  } finally {
    await connection.close();
  }
}

async function nats({ store, subject, payload, request, as }: Of<'nats'>, { target }: World): Promise<number> {
  const connection = await target.messages.connect(store, as);
  const began = performance.now();
  try {
    await (request ? connection.request(subject, payload) : connection.publish(subject, payload));
    return performance.now() - began;
  } finally {
    await connection.close();
  }
}

async function promql({ query }: Of<'promql'>, { target }: World): Promise<number> {
  const series = await target.metrics.query(query);
  const [only, second] = series;
  if (only === undefined) throw new CannotTell(`no series answers ${query}`);
  if (second !== undefined) throw new CannotTell(`${series.length} series answer ${query}, expected one; aggregate it`);
  return only.value;
}

async function kubernetes(call: Of<'kubernetes'>, { signal }: World): Promise<number> {
  const access = kubeAccess({ file: call.kubeconfig, context: call.context });
  const answer = await kubeCall(access, call.method, call.path, signal, call.patch);
  if (call.value === undefined) return 0;
  return numberOf(pointedAt(answer, call.value), `${call.path} holds at ${call.value}`);
}

async function onPart({ part, do: what }: Of<'process'>, { target: { parts } }: World): Promise<number> {
  switch (what) {
    case 'freeze':
    case 'thaw':
    case 'kill':
      await parts[what](part);
      return 0;
    case 'start':
    case 'restart':
      return parts[what](part);
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

function numberOf(value: unknown, what: string): number {
  const number =
    typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value === '' ? NaN : Number(value ?? NaN);
  if (Number.isFinite(number)) return number;
  throw new CannotTell(`${what} ${String(value).slice(0, 100)}, which is no number`);
}
