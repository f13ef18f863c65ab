/** A browser as the tests need it: speaks the protocol, keeps what it hears, and can play dead. */
import { createHash, type Hash } from 'node:crypto';
import { WebSocket } from 'ws';

export interface Heard {
  readonly type: string;
  readonly [member: string]: unknown;
}

export interface BrowserOptions {
  readonly ca: Buffer;
  /** A certificate, as the edge has one. */
  readonly client?: { readonly cert: Buffer; readonly key: Buffer };
  readonly origin?: string;
  readonly protocols?: string[];
  readonly path?: string;
  readonly hello?: object | false;
  /** Carries the positions of a connection before. */
  readonly resume?: Browser;
}

export interface Browser {
  readonly socket: WebSocket;
  readonly heard: Heard[];
  /** Next output position. */
  seq: number;
  input: number;
  text: string;
  hash: Hash;
  acknowledge: boolean;
  close?: { code: number; reason: string };
  said(type: string): Heard | undefined;
  send(text: string | Buffer): void;
  tell(message: object): void;
  ack(): void;
}

/** Rejects with the HTTP status when the handshake is refused. */
export async function openBrowser(
  port: number,
  session: string,
  ticket: string,
  options: BrowserOptions,
): Promise<Browser> {
  const socket = new WebSocket(
    `wss://localhost:${port}${options.path ?? `/ws/terminal/${session}`}`,
    options.protocols ?? ['launchgate.terminal.v1', `ticket.${ticket}`],
    { ca: options.ca, ...options.client, origin: options.origin ?? 'https://console.test', perMessageDeflate: false },
  );
  const before = options.resume;
  const browser: Browser = {
    socket,
    heard: [],
    seq: before?.seq ?? 0,
    input: before?.input ?? 0,
    text: before?.text ?? '',
    hash: before?.hash ?? createHash('sha256'),
    acknowledge: true,
    said: (type) => browser.heard.findLast((message) => message.type === type),
    send(text) {
      const bytes = Buffer.from(text);
      const head = Buffer.alloc(8);
      head.writeBigUInt64BE(BigInt(browser.input));
      browser.input += bytes.length;
      socket.send(Buffer.concat([head, bytes]));
    },
    tell: (message) => socket.send(JSON.stringify(message)),
    ack: () => browser.tell({ type: 'ack', seq: browser.seq }),
  };
  socket.on('message', (data: Buffer, binary: boolean) => (binary ? output(browser, data) : heard(browser, data)));
  socket.on('close', (code, reason) => (browser.close = { code, reason: reason.toString() }));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`refused ${response.statusCode} ${response.headers['retry-after'] ?? ''}`.trim()));
      response.resume();
    });
    socket.on('error', reject);
  });
  const resume = before === undefined ? {} : { lastSeq: before.seq };
  if (options.hello !== false) browser.tell({ type: 'hello', cols: 80, rows: 24, ...resume, ...options.hello });
  return browser;
}

function heard(browser: Browser, data: Buffer): void {
  const message = JSON.parse(data.toString()) as Heard;
  browser.heard.push(message);
  if (message.type !== 'ready') return;
  browser.seq = Number(message['seq']);
  browser.input = Number(message['inputSeq']);
}

function output(browser: Browser, frame: Buffer): void {
  const position = Number(frame.readBigUInt64BE(0));
  if (position !== browser.seq) throw new Error(`output at ${position}, expected ${browser.seq}`);
  const bytes = frame.subarray(8);
  browser.hash.update(bytes);
  browser.seq += bytes.length;
  browser.text = (browser.text + bytes.toString('latin1')).slice(-100_000);
  if (browser.acknowledge) browser.ack();
}
