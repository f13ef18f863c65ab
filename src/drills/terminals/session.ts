/**
 * A terminal as a page holds it: the real client of the console over `ws`. Its shell counts and repeats what it hears, see `verdict.ts`, and
 * the session keeps how its connections ended.
 */
import type { LookupFunction } from 'node:net';
import { WebSocket as NodeSocket } from 'ws';
import { TerminalClient } from '../../../services/terminal-gateway/client/client.ts';
import type { Ticket } from '../../../services/terminal-gateway/client/options.ts';
import { BEGIN, END, judge, type Verdict } from './verdict.ts';

/** Where terminals are opened, and what a page of the platform would bring along. */
export interface TerminalEntry {
  /** PEM of the authorities that the edge's certificate must lead to; absent: the system's. */
  readonly ca?: string;
  /** Address of the edge, for names that resolve nowhere; absent: as the name resolves. */
  readonly address?: string;
  /** Origin of the console's pages. */
  readonly origin: string;
  /** Asks the API for a ticket, as that user and from that address; with the session of an earlier one to come back to it. */
  ticket(options: SessionOptions, session: string | undefined): Promise<Ticket>;
}

export interface SessionOptions {
  readonly user: string;
  readonly nodeId: string;
  /** Loopback address that it comes from; absent: whatever the system takes. */
  readonly from?: string;
  /** Seconds between two lines of its output. */
  readonly tick: number;
}

export interface Session {
  readonly id: string;
  readonly user: string;
  /** Close codes of its connections, in order. What it ended itself by `drop` is left out. */
  readonly closes: readonly number[];
  /** How many connections there were that the gateway took up. */
  ready(): number;
  /** How often the gateway said that output was gone. */
  gaps(): number;
  type(word: string): void;
  /** What became of its output so far. */
  verdict(): Verdict;
  /** Types the end, waits for the last byte, and judges. Rejects when the shell does not end. */
  finish(): Promise<Verdict>;
  /** Cuts the connection as a lost network would; the client comes back by itself. */
  drop(): void;
  /** Ends the shell, where there is a connection to say so, and leaves. */
  close(): void;
}

const LONGEST_MS = 90_000;

/** Runs without `sleep`, which would be a process for each tick: `read` waits, and takes what is typed. */
function script(seconds: number): string {
  return `stty -echo; printf 'be''gin\\n'; i=0; all=; while read -rt ${seconds} w || [ $? -gt 128 ]; do i=$((i+1)); all=$all$w; printf '%s<%s>\\n' $i "$w"; case $all in *end) break;; esac; done; printf 'fin''ished\\n'\n`;
}

/** Opens a session and waits until its shell counts. */
export async function openSession(entry: TerminalEntry, options: SessionOptions): Promise<Session> {
  const { user, tick } = options;
  const closes: number[] = [];
  const dropped = new WeakSet<NodeSocket>();
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let socket: NodeSocket | undefined;
  let [text, typed, ready, gaps] = ['', '', 0, 0];
  const decoder = new TextDecoder();
  const client = new TerminalClient({
    size: { cols: 200, rows: 50 },
    ticket: (session) => entry.ticket(options, session),
    socket(url, protocols) {
      const made = connect(entry, options, url, protocols);
      made.on('close', (code) => dropped.has(made) || closes.push(code));
      socket = made;
      return made as unknown as WebSocket;
    },
    output(bytes, consumed) {
      text += decoder.decode(bytes, { stream: true });
      consumed();
      if (text.includes(BEGIN)) begun.resolve();
      if (text.includes(END)) ended.resolve();
    },
    status(now) {
      if (now.state !== 'ready') return;
      ready += 1;
      if (now.gap !== undefined) gaps += 1;
    },
  });
  const shown = () => text.slice(-300);
  client.start();
  client.input(script(tick));
  try {
    await within(begun.promise, () => `the shell of ${user} did not begin: ${shown()}`);
  } catch (error) {
    leave(client);
    throw error;
  }
  return {
    id: client.session ?? '',
    user,
    closes,
    ready: () => ready,
    gaps: () => gaps,
    type(word) {
      typed += word;
      client.input(`${word}\n`);
    },
    verdict: () => judge(text, typed),
    async finish() {
      typed += 'end';
      client.input('end\n');
      await within(ended.promise, () => `the shell of ${user} did not end: ${shown()}`);
      client.end();
      return judge(text, typed);
    },
    drop() {
      if (socket === undefined) return;
      dropped.add(socket);
      socket.terminate();
    },
    close: () => leave(client),
  };
}

/** A shell that is only left goes on for a while, and counts against its user. */
function leave(client: TerminalClient): void {
  client.end();
  client.close();
}

function connect(entry: TerminalEntry, { from }: SessionOptions, url: string, protocols: string[]): NodeSocket {
  const { ca, address, origin } = entry;
  const socket = new NodeSocket(url, protocols, {
    origin,
    ...(ca === undefined ? {} : { ca }),
    ...(address === undefined ? {} : { lookup: to(address) }),
    ...(from === undefined ? {} : { localAddress: from }),
  });
  socket.on('error', () => undefined);
  return socket;
}

/** Resolves every name to one address. */
function to(address: string): LookupFunction {
  return (_name, { all }, done) => (all === true ? done(null, [{ address, family: 4 }]) : done(null, address, 4));
}

async function within<T>(work: Promise<T>, words: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(words())), LONGEST_MS)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
