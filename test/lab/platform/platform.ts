/** The whole reference platform, started once for the suites that share it, and how its customers reach it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLab, startLab, type OpenLab } from '../../../src/app/lab.ts';
import { down } from '../../../src/drills/lab/down.ts';
import { restartPart } from '../../../src/drills/lab/restart.ts';
import { rentNode } from '../../../src/drills/terminals/rent.ts';
import type { TerminalEntry } from '../../../src/drills/terminals/session.ts';

export const SPEC = fileURLToPath(new URL('../../../examples/gpu-cloud/launchgate.yaml', import.meta.url));
const CALL_MS = 30_000;
/** Longer than any machine needs; a start that is given up cleans up after itself. */
const START_MS = 270_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly ms: number;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
  /** Another loopback address than 127.0.0.1: the edge counts rates by it. */
  readonly from?: string;
}

export interface Platform {
  readonly open: OpenLab;
  /** Port of the edge, where all public names are. */
  readonly edge: number;
  readonly ca: string;
  /** A token of a user of the lab, from the provider's grant for drills. */
  token(user: string): Promise<string>;
  /** Asks `https://api.localhost/…` through the edge. */
  api(path: string, call?: Call): Promise<Answer>;
  /** Ends a part and starts it again, with parts of the kit switched off in it. */
  restart(part: string, off?: readonly string[]): Promise<void>;
  pid(part: string): number;
  stop(): Promise<void>;
}

/** With `LAUNCHGATE_TEST_LAB` set to the folder of a lab that is up, that one is used and left running. */
export async function startPlatform(replicas: Readonly<Record<string, number>> = {}): Promise<Platform> {
  const given = process.env['LAUNCHGATE_TEST_LAB'];
  if (given !== undefined) return over(await opened(given), async () => {});
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-platform-'));
  const directory = join(folder, 'lab');
  await startLab({
    cwd: folder,
    platform: SPEC,
    directory,
    changes: { replicas: new Map(Object.entries(replicas)), off: new Map() },
    keep: false,
    segmented: false,
    signal: AbortSignal.timeout(START_MS),
    watch: () => undefined,
  });
  return over(await opened(directory), async () => {
    await down({ directory, keep: false, watch: () => undefined });
    rmSync(folder, { recursive: true, force: true });
  });
}

/** The same platform, whose parts are restarted with these variables, by service. */
export function withEnvironment(
  platform: Platform,
  variables: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Platform {
  const parts = platform.open.parts.map((part) => {
    const own = variables[serviceOf(part.name)];
    if (own === undefined) return part;
    const command: typeof part.command = (lab) => {
      const { env, ...rest } = part.command(lab);
      return { ...rest, env: { ...env, ...own } };
    };
    return { ...part, command };
  });
  return over({ ...platform.open, parts }, platform.stop);
}

function serviceOf(part: string): string {
  return part.replace(/-\d+$/, '');
}

async function opened(directory: string): Promise<OpenLab> {
  const open = await openLab(directory);
  if (open === undefined) throw new Error(`there is no lab in ${directory}`);
  return open;
}

function over(open: OpenLab, stop: () => Promise<void>): Platform {
  const { lab } = open;
  const edge = lab.port('edge', 'https');
  const ca = readFileSync(lab.client.ca, 'utf8');
  return {
    open,
    edge,
    ca,
    stop,
    async token(user) {
      const grant = 'urn:launchgate:params:oauth:grant-type:test-login';
      const credentials = Buffer.from(`drills:${lab.secret('oidc-drills')}`).toString('base64');
      const { status, text } = await ask(
        { port: lab.port('identity', 'https'), servername: 'localhost', ca, path: '/token', method: 'POST' },
        {
          headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
          body: `grant_type=${encodeURIComponent(grant)}&user=${user}`,
        },
      );
      if (status !== 200) throw new Error(`the provider answers ${status} ${text}`);
      return (JSON.parse(text) as { access_token: string }).access_token;
    },
    api: (path, call = {}) =>
      ask({ port: edge, servername: 'api.localhost', ca, path, method: call.method ?? 'GET' }, call),
    async restart(part, off = []) {
      const plan = { ...lab.plan, off: off.length === 0 ? lab.plan.off : new Map([[serviceOf(part), off]]) };
      await restartPart({ ...open, lab: { ...lab, plan } }, part, AbortSignal.timeout(120_000));
    },
    pid: (part) => Number.parseInt(readFileSync(join(lab.folder(part), '.process'), 'utf8'), 10),
  };
}

/** One request over a connection of its own; rejects where there is no answer. */
export function ask(to: RequestOptions & { servername: string }, call: Call): Promise<Answer> {
  const body = typeof call.body === 'object' ? JSON.stringify(call.body) : call.body;
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = {
      host: `${to.servername}:${to.port}`,
      'user-agent': 'launchgate-test',
      ...(typeof call.body === 'object' ? { 'content-type': 'application/json' } : {}),
      ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
      ...call.headers,
    };
    const from = call.from === undefined ? {} : { localAddress: call.from };
    const sent = request(
      { host: '127.0.0.1', agent: false, ...to, ...from, headers, signal: AbortSignal.timeout(CALL_MS) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
            ms: performance.now() - began,
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The user's rental of a node of the lab, made where there is none, once the node's agent has answered. */
export async function rent(platform: Platform, token: string, nodeId: string): Promise<string> {
  const rental = await rentNode((path, call) => platform.api(path, { ...call, token }), nodeId);
  if (rental === undefined) throw new Error(`node ${nodeId} is rented by somebody else`);
  return rental;
}

/** Where its terminals are opened, as pages of the console would. */
export function terminalsOf(platform: Platform): TerminalEntry {
  const { ca, edge } = platform;
  return {
    ca,
    address: '127.0.0.1',
    origin: `https://console.localhost:${edge}`,
    async ticket({ user, nodeId, from }, session) {
      const body = { nodeId, ...(session === undefined ? {} : { session }) };
      const call = { token: await platform.token(user), method: 'POST', body } as const;
      const { status, text } = await platform.api('/api/v1/terminal/tickets', {
        ...call,
        ...(from === undefined ? {} : { from }),
      });
      if (status !== 201) throw new Error(`a ticket answers ${status}`);
      return JSON.parse(text) as Awaited<ReturnType<TerminalEntry['ticket']>>;
    },
  };
}

/** Asks until the answer is there, as long as the machine needs. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  ms = 60_000,
): Promise<T> {
  let last: unknown;
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`waited ${ms / 1000} s in vain for ${what}`, { cause: last });
}
