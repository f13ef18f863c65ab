/** A gateway reduced to what tests of the agent need: channels over one mTLS WebSocket, everything received kept. */
import { createHash, type Hash } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';
import {
  AGENT_PATH,
  AGENT_SUBPROTOCOL,
  FRAME,
  GATEWAY_HEADER,
  HEADER,
  POSITION,
  jsonFrame,
  plainFrame,
  positionFrame,
  readPosition,
  writePosition,
  type Exited,
  type OpenRequest,
  type Opened,
  type Refused,
} from '@launchgate/node-agent/protocol';

export interface TestChannel {
  readonly number: number;
  opened?: Opened;
  refused?: Refused;
  exit?: Exited;
  cut?: { reason: string };
  readonly notices: { code: string }[];
  /** Next output position. */
  seq: number;
  inputAck: number;
  text: string;
  readonly hash: Hash;
  /** Acknowledge what arrives; a test that plays a slow viewer switches it off. */
  acknowledge: boolean;
}

export interface TestGateway {
  readonly socket: WebSocket;
  open(request?: Partial<OpenRequest>): TestChannel;
  input(channel: TestChannel, text: string | Buffer, position?: number): void;
  credit(channel: TestChannel, position: number): void;
  resize(channel: TestChannel, cols: number, rows: number): void;
  detach(channel: TestChannel): void;
  kill(session: string): void;
}

let numbers = 0;
/** Input positions by session: a new channel goes on where the last one ended. */
const positions = new Map<string, number>();

export async function connectGateway(port: number, tls: ConnectionOptions, name = 'gateway-1/a'): Promise<TestGateway> {
  const channels = new Map<number, TestChannel & { session: string }>();
  const socket = new WebSocket(`wss://127.0.0.1:${port}${AGENT_PATH}`, AGENT_SUBPROTOCOL, {
    ...tls,
    headers: { [GATEWAY_HEADER]: name },
    perMessageDeflate: false,
  });
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('message', (data: Buffer) => {
    const channel = channels.get(data.readUInt32BE(1));
    if (channel !== undefined) receive(channel, data);
  });

  function receive(channel: TestChannel, frame: Buffer): void {
    const json = () => JSON.parse(frame.toString('utf8', HEADER));
    if (frame[0] === FRAME.opened) {
      channel.opened = json();
      channel.seq = channel.opened?.seq ?? 0;
    } else if (frame[0] === FRAME.refused) channel.refused = json();
    else if (frame[0] === FRAME.exit) channel.exit = json();
    else if (frame[0] === FRAME.cut) channel.cut = json();
    else if (frame[0] === FRAME.notice) channel.notices.push(json());
    else if (frame[0] === FRAME.inputAck) channel.inputAck = readPosition(frame, HEADER);
    else if (frame[0] === FRAME.output) output(channel, frame);
  }

  function output(channel: TestChannel, frame: Buffer): void {
    const position = readPosition(frame, HEADER);
    if (position !== channel.seq) throw new Error(`output at ${position}, expected ${channel.seq}`);
    const bytes = frame.subarray(HEADER + POSITION);
    channel.hash.update(bytes);
    channel.seq += bytes.length;
    channel.text = (channel.text + bytes.toString('latin1')).slice(-200_000);
    if (channel.acknowledge) socket.send(positionFrame(FRAME.credit, channel.number, channel.seq));
  }

  return {
    socket,
    open(request = {}) {
      const number = ++numbers;
      const full = {
        mode: 'open',
        session: `s-${number}`,
        user: 'u-1',
        node: 'node-1',
        fence: 1,
        cols: 80,
        rows: 24,
        ...request,
      };
      const channel = {
        number,
        session: full.session,
        notices: [],
        seq: 0,
        inputAck: 0,
        text: '',
        hash: createHash('sha256'),
        acknowledge: true,
      };
      channels.set(number, channel);
      socket.send(jsonFrame(FRAME.open, number, full));
      return channel;
    },
    input(channel, text, position) {
      const { session } = channels.get(channel.number) ?? { session: '' };
      const bytes = Buffer.from(text);
      const at = position ?? positions.get(session) ?? 0;
      positions.set(session, Math.max(positions.get(session) ?? 0, at + bytes.length));
      const frame = Buffer.allocUnsafe(HEADER + POSITION + bytes.length);
      frame[0] = FRAME.input;
      frame.writeUInt32BE(channel.number, 1);
      writePosition(frame, at, HEADER);
      bytes.copy(frame, HEADER + POSITION);
      socket.send(frame);
    },
    credit: (channel, position) => socket.send(positionFrame(FRAME.credit, channel.number, position)),
    resize: (channel, cols, rows) => socket.send(plainFrame(FRAME.resize, channel.number, cols, rows)),
    detach: (channel) => socket.send(plainFrame(FRAME.detach, channel.number)),
    kill: (session) => socket.send(jsonFrame(FRAME.kill, 0, { session, reason: 'test' })),
  };
}

/** Waits until `ask` answers something true. */
export async function until<T>(ask: () => T | undefined | false, what: string, seconds = 20): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
