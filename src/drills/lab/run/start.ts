/** Brings parts up in the order of their needs, everything that can at once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchgateError } from '../../../model/errors.ts';
import { OPERATOR } from '../context.ts';
import type { Lab, Part } from '../part.ts';
import { makeFolder } from '../trust/mount.ts';
import type { TrustStore } from '../trust/store.ts';
import { launch, type Launched } from './launch.ts';
import type { PartState } from './state.ts';
import { ownerFor } from './users.ts';

const POLL_MS = 50;
/** Longest that one question for readiness may take: a server that hangs is asked again. */
const ASK_MS = 3000;
const DEFAULT_START_MS = 90_000;
const LAST_LINES = 15;

export interface Starting {
  readonly lab: Lab;
  readonly trust: TrustStore;
  readonly signal: AbortSignal;
  /** Notes a change of the part before anything else happens; what is noted is on disk when this returns. */
  note(part: string, change: Partial<PartState>): void;
}

/** Starts all parts. When one fails, or the signal is given, the rest is given up and its reason thrown; ending what runs is up to the caller. */
export async function startParts(parts: readonly Part[], starting: Starting): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([starting.signal, failure.signal]);
  const { lab, trust } = starting;
  await trust.mountCertificate(lab.client.folder, OPERATOR, undefined);
  const present = new Map(parts.map((part) => [part.name, part]));
  const started = new Map<string, Promise<void>>();
  const all = await Promise.allSettled(parts.map((part) => start(part)));
  starting.signal.throwIfAborted();
  if (failure.signal.aborted) throw failure.signal.reason;
  for (const one of all) if (one.status === 'rejected') throw one.reason;

  function start(part: Part): Promise<void> {
    const known = started.get(part.name) ?? startAfterNeeds(part).catch(giveUp);
    started.set(part.name, known);
    return known;
  }

  async function startAfterNeeds(part: Part): Promise<void> {
    const needs = part.needs.map((name) => present.get(name)).filter((need) => need !== undefined);
    await Promise.all([prepare(part, starting, signal), ...needs.map(start)]);
    signal.throwIfAborted();
    await startOne(part, { ...starting, signal }, (words) => void giveUp(words).catch(() => undefined));
  }

  function giveUp(reason: unknown): Promise<never> {
    if (!failure.signal.aborted) failure.abort(reason);
    return Promise.reject(reason);
  }
}

/** Starts one prepared part and waits until it is ready, or for `once` until it has ended well. `died` is told when it ends after that. */
export async function startOne(part: Part, starting: Starting, died: (reason: Error) => void): Promise<void> {
  const { lab, signal, note } = starting;
  await part.beforeStart?.(lab, signal);
  signal.throwIfAborted();
  note(part.name, { phase: 'starting' });
  const launched = launch(lab, part);
  note(part.name, { file: launched.file });
  try {
    await (part.once === true ? untilDone(part, lab, launched, signal) : untilReady(part, lab, launched, signal));
    await part.settle?.(lab, signal);
  } catch (reason) {
    note(part.name, { phase: 'failed' });
    throw reason;
  }
  note(part.name, { phase: part.once === true ? 'done' : 'ready' });
  if (part.once !== true)
    void launched.gone.then((how) => died(failed(part, lab, `ended (${how}) while the lab was starting`)));
}

/** Folder, certificate, secrets, and then what the part writes itself. */
export async function prepare(part: Part, { lab, trust }: Starting, signal: AbortSignal): Promise<void> {
  const owner = ownerFor(part.user);
  for (const folder of [lab.folder(part.name), lab.scratch(part.name)]) makeFolder(folder, owner);
  if (part.identity !== undefined) await trust.mountCertificate(lab.tls(part.name).folder, part.identity, owner);
  if (part.secrets !== undefined) trust.mountSecrets(join(lab.folder(part.name), 'secrets'), part.secrets, owner);
  signal.throwIfAborted();
  await part.prepare?.(lab, signal);
}

async function untilReady(part: Part, lab: Lab, { gone }: Launched, signal: AbortSignal): Promise<void> {
  const limit = part.startTimeoutMs ?? DEFAULT_START_MS;
  let last: unknown;
  let ended: string | undefined;
  void gone.then((how) => (ended = how));
  for (const until = Date.now() + limit; Date.now() < until; await sleep(POLL_MS)) {
    signal.throwIfAborted();
    if (ended !== undefined) throw failed(part, lab, `ended with ${ended} before it was ready`);
    try {
      return await part.ready?.(lab, AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]));
    } catch (error) {
      last = error;
    }
  }
  throw failed(part, lab, `was not ready after ${limit / 1000} s: ${wordsOf(last)}`);
}

async function untilDone(part: Part, lab: Lab, { gone }: Launched, signal: AbortSignal): Promise<void> {
  const limit = part.startTimeoutMs ?? DEFAULT_START_MS;
  const aborted = new Promise<string>((resolve) =>
    signal.addEventListener('abort', () => resolve('interrupted'), { once: true }),
  );
  // The process itself holds nobody (see `launch`): without this the command would end where no other part is being waited for.
  const over = new AbortController();
  const late = sleep(limit, `no end after ${limit / 1000} s`, { signal: over.signal });
  const how = await Promise.race([gone, aborted, late]).finally(() => over.abort());
  signal.throwIfAborted();
  if (how !== 'exit status 0') throw failed(part, lab, `did not do its work: ${how}`);
}

/** With the part's last words, because its log is gone once the lab is. */
function failed(part: Part, lab: Lab, what: string): LaunchgateError {
  const lines = lastLines(lab.log(part.name));
  const said =
    lines.length === 0 ? 'It has written nothing.' : `It wrote last:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  return new LaunchgateError('lab-failed', `${part.name} ${what}. ${said}`, {
    next: `Mend what it says and run "launchgate lab up" again; with --keep its folder and log stay in ${lab.directory}.`,
  });
}

function lastLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').filter(Boolean).slice(-LAST_LINES);
  } catch {
    return [];
  }
}

/** What an error says, with what it was caused by: errors of sockets come in bundles without words of their own. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return wordsOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${wordsOf(error.cause)})`;
}
