/**
 * Many terminals at once, as pages would hold them: the real client of the console over `ws`. Each shell counts and repeats what it hears,
 * so that every byte of its output is known, and each session keeps how its connections ended.
 */
import { createHash } from 'node:crypto';
import { WebSocket as NodeSocket } from 'ws';
import { TerminalClient, type Ticket } from '../../../services/terminal-gateway/client/client.ts';
import type { Platform } from './platform.ts';
import { toLoopback } from './watchers.ts';

/** Runs without `sleep`, which would be a process for each tick: `read` waits, and takes what is typed. */
const script = (seconds: number) =>
  `stty -echo; printf 'be''gin\\n'; i=0; all=; while read -rt ${seconds} w || [ $? -gt 128 ]; do i=$((i+1)); all=$all$w; printf '%s<%s>\\n' $i "$w"; case $all in *end) break;; esac; done; printf 'fin''ished\\n'\n`;

export interface Session {
  /** Close codes of its connections, in order; the one that it ends itself is left out. */
  readonly closes: readonly number[];
  /** How many connections there were that the gateway took up. */
  readonly ready: () => number;
  readonly gaps: () => number;
  type(word: string): void;
  /** Types the end, waits for the last byte, and judges: `undefined` when every byte is there once. */
  finish(): Promise<string | undefined>;
  close(): void;
}

export interface SessionOptions {
  readonly user: string;
  readonly nodeId: string;
  /** Loopback address it comes from. */
  readonly from: string;
  /** Seconds between two lines of its output. */
  readonly tick: number;
}

/** The client takes the global `WebSocket`, as in a page; this one trusts the lab and comes from the session's own address. */
function socketFrom({ ca, edge }: Platform, from: string, closes: number[]): typeof WebSocket {
  const made = class extends NodeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, {
        ca,
        lookup: toLoopback,
        localAddress: from,
        origin: `https://console.localhost:${edge}`,
      });
      this.on('error', () => undefined);
      this.on('close', (code) => closes.push(code));
    }
  };
  return made as unknown as typeof WebSocket;
}

export async function openSession(platform: Platform, options: SessionOptions): Promise<Session> {
  const { user, nodeId, from, tick } = options;
  const token = await platform.token(user);
  const closes: number[] = [];
  const socket = socketFrom(platform, from, closes);
  const words: string[] = [];
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let [text, ready, gaps] = ['', 0, 0];
  const decoder = new TextDecoder();
  const client = new TerminalClient({
    size: { cols: 200, rows: 50 },
    async ticket(session) {
      const body = { nodeId, ...(session === undefined ? {} : { session }) };
      const answer = await platform.api('/api/v1/terminal/tickets', { token, method: 'POST', body, from });
      if (answer.status !== 201) throw new Error(`a ticket answers ${answer.status}`);
      globalThis.WebSocket = socket;
      return JSON.parse(answer.text) as Ticket;
    },
    output(bytes, consumed) {
      text += decoder.decode(bytes, { stream: true });
      consumed();
      if (text.includes('begin\r\n')) begun.resolve();
      if (text.includes('finished\r\n')) ended.resolve();
    },
    status(now) {
      if (now.state !== 'ready') return;
      ready += 1;
      if (now.gap !== undefined) gaps += 1;
    },
  });
  client.start();
  client.input(script(tick));
  await within(begun.promise, () => `the shell of ${user} did not begin: ${text.slice(-300)}`);
  return {
    closes,
    ready: () => ready,
    gaps: () => gaps,
    type(word) {
      words.push(word);
      client.input(`${word}\n`);
    },
    async finish() {
      client.input('end\n');
      await within(ended.promise, () => `the shell of ${user} did not end: ${text.slice(-300)}`);
      client.end();
      return judge(text, [...words, 'end']);
    },
    close: () => client.close(),
  };
}

/** What the shell must have said, byte for byte, against what arrived. The pieces in which words came are the shell's to choose. */
function judge(text: string, words: readonly string[]): string | undefined {
  const said = text.slice(text.indexOf('begin\r\n') + 7, text.indexOf('finished\r\n'));
  const pieces = [...said.matchAll(/<(\w*)>/g)].map(([, piece]) => piece);
  const expected = pieces.map((piece, index) => `${index + 1}<${piece}>\r\n`).join('');
  if (digest(said) !== digest(expected))
    return `its output is not what the shell wrote: ${firstDifference(said, expected)}`;
  const heard = pieces.join('');
  return digest(heard) === digest(words.join('')) ? undefined : `the shell heard ${heard}, typed was ${words.join('')}`;
}

function firstDifference(one: string, other: string): string {
  const at = [...one].findIndex((char, index) => char !== other[index]);
  return JSON.stringify({
    at,
    found: one.slice(Math.max(0, at - 20), at + 40),
    expected: other.slice(Math.max(0, at - 20), at + 40),
  });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function within<T>(work: Promise<T>, words: () => string, ms = 90_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(words())), ms)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
