/** What a client meets in its tests: a real WebSocket server that says what a gateway would, and counts what it gets. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket as Peer } from 'ws';
import { SUBPROTOCOL } from './protocol.ts';

export const SESSION = 'session-1';

/** One shell behind any number of connections: what it has written, and what it was given. */
export class Gateway {
  readonly output: number[] = [];
  readonly input: number[] = [];
  readonly peers: Peer[] = [];
  readonly hellos: { lastSeq?: number; cols: number; rows: number }[] = [];
  readonly acks: number[] = [];
  readonly tickets: string[] = [];
  /** Bytes of input that are still taken; more are lost, as when a link dies. */
  takes = Infinity;
  refuse = false;
  #server!: Server;
  #port = 0;

  async listen(): Promise<void> {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
    this.#server = createServer();
    this.#server.on('upgrade', (request, socket, head) => {
      this.tickets.push(String(request.headers['sec-websocket-protocol']).split(', ')[1] ?? '');
      if (this.refuse) socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
      else sockets.handleUpgrade(request, socket, head, (peer) => this.#serve(peer));
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/ws/terminal/${SESSION}`;
  }

  get current(): Peer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error('nobody is connected');
    return peer;
  }

  write(text: string, to: Peer = this.current): void {
    const position = this.output.length;
    this.output.push(...Buffer.from(text));
    this.#send(to, position);
  }

  say(message: object, to: Peer = this.current): void {
    to.send(JSON.stringify(message));
  }

  close(): void {
    for (const peer of this.peers) peer.terminate();
    this.#server.close();
  }

  #send(to: Peer, from: number): void {
    if (from >= this.output.length) return;
    const head = Buffer.alloc(8);
    head.writeBigUInt64BE(BigInt(from));
    to.send(Buffer.concat([head, Buffer.from(this.output.slice(from))]));
  }

  #serve(peer: Peer): void {
    peer.on('message', (data: Buffer, binary) => {
      if (binary) this.#take(data, peer);
      else this.#hear(JSON.parse(data.toString()), peer);
    });
  }

  #hear(
    message: { type: string; lastSeq?: number; seq: number; id: number; cols: number; rows: number },
    peer: Peer,
  ): void {
    if (message.type === 'ack') this.acks.push(message.seq);
    if (message.type === 'ping') this.say({ type: 'pong', id: message.id }, peer);
    if (message.type !== 'hello') return;
    this.hellos.push(message);
    const replaced = this.peers.at(-1);
    this.peers.push(peer);
    const seq = message.lastSeq ?? 0;
    this.say(
      {
        type: 'ready',
        session: SESSION,
        created: this.hellos.length === 1,
        seq,
        inputSeq: this.input.length,
        window: 65_536,
        inputWindow: 65_536,
        recording: 'off',
      },
      peer,
    );
    this.#send(peer, seq);
    if (replaced?.readyState === 1) replaced.close(1012);
  }

  #take(frame: Buffer, peer: Peer): void {
    const position = Number(frame.readBigUInt64BE(0));
    if (position > this.input.length) return;
    const fresh = frame.subarray(8 + this.input.length - position).subarray(0, Math.max(0, this.takes));
    this.takes -= fresh.length;
    this.input.push(...fresh);
    if (peer.readyState === 1) this.say({ type: 'inputAck', seq: this.input.length }, peer);
  }
}
