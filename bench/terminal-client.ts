/** Browsers of the terminal bench: one that speaks the gateway's protocol, one for the bare relay, with the same face. */
import { createHash, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { Redis } from 'ioredis';
import { WebSocket } from 'ws';

export interface BenchClient {
  send(text: string): void;
  /** Told about each piece of output. */
  onOutput: (bytes: Buffer) => void;
  /** Stops reading from the network. */
  stall(): void;
  close(): void;
}

export type Connect = () => Promise<BenchClient>;

/** Output that is acknowledged at once, as the protocol asks for. */
const ACK_EVERY = 16_384;

export function gatewayClients(options: {
  port: number;
  agent: string;
  ca: Buffer;
  redis: Redis;
  kid: string;
  key: KeyObject;
}): Connect {
  return async () => {
    const session = randomUUID();
    const ticket = await makeTicket(session, options);
    const socket = new WebSocket(
      `wss://localhost:${options.port}/ws/terminal/${session}`,
      ['launchgate.terminal.v1', `ticket.${ticket}`],
      { ca: options.ca, origin: 'https://bench', perMessageDeflate: false },
    );
    return speak(socket);
  };
}

async function speak(socket: WebSocket): Promise<BenchClient> {
  let [seq, acked, input] = [0, 0, 0];
  let timer: NodeJS.Timeout | undefined;
  const ack = () => {
    clearTimeout(timer);
    timer = undefined;
    acked = seq;
    socket.send(`{"type":"ack","seq":${seq}}`);
  };
  const ready = Promise.withResolvers<void>();
  const client: BenchClient = {
    send(text) {
      const frame = Buffer.alloc(8 + text.length);
      frame.writeBigUInt64BE(BigInt(input));
      frame.write(text, 8, 'latin1');
      input += text.length;
      socket.send(frame);
    },
    onOutput: () => {},
    stall: () => socket.pause(),
    close: () => (clearTimeout(timer), socket.terminate()),
  };
  socket.on('message', (data: Buffer, binary: boolean) => {
    if (!binary) {
      if (data.includes('"type":"ready"')) ready.resolve();
      return;
    }
    seq += data.length - 8;
    client.onOutput(data.subarray(8));
    if (seq - acked >= ACK_EVERY) ack();
    else timer ??= setTimeout(ack, 100);
  });
  socket.on('open', () => socket.send('{"type":"hello","cols":80,"rows":24}'));
  socket.on('error', ready.reject);
  await ready.promise;
  return client;
}

async function makeTicket(
  session: string,
  { agent, redis, kid, key }: { agent: string; redis: Redis; kid: string; key: KeyObject },
): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    jti: session,
    sub: 'bench',
    ses: session,
    node: 'node-1',
    nodeAddr: agent,
    origin: 'https://bench',
    iat,
    exp: iat + 30,
  };
  const signed = `${encode({ alg: 'EdDSA', kid })}.${encode(claims)}`;
  const ticket = `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
  await redis.set(`ticket:${createHash('sha256').update(ticket).digest('hex')}`, '{}', 'EX', 30);
  return ticket;
}

export function bareClients({ port, ca }: { port: number; ca: Buffer }): Connect {
  return async () => {
    const socket = new WebSocket(`wss://localhost:${port}`, { ca, perMessageDeflate: false });
    // The relay says so with an empty message once its agent is connected.
    await new Promise<void>((resolve, reject) => {
      socket.once('message', () => resolve());
      socket.once('error', reject);
    });
    const client: BenchClient = {
      send: (text) => socket.send(text),
      onOutput: () => {},
      stall: () => socket.pause(),
      close: () => socket.terminate(),
    };
    socket.on('message', (data: Buffer) => client.onOutput(data));
    return client;
  };
}

/** Resolves at the output that holds `text`. */
export function shows(session: BenchClient, text: string): Promise<void> {
  return new Promise((done) => {
    let seen = '';
    session.onOutput = (bytes) => {
      seen = (seen + bytes.toString('latin1')).slice(-4096);
      if (seen.includes(text)) done();
    };
  });
}
