/**
 * The processes of the terminal bench, one role each: the gateway and the agent of this repository, and the least that does the same job:
 * a relay that pipes a browser's WebSocket into one of its own to an agent that gives each connection a terminal. For memory there are
 * agents without shells.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { spawn } from '@lydell/node-pty';
import { Redis } from 'ioredis';
import { WebSocket, WebSocketServer } from 'ws';
import { createAgent } from '@launchgate/node-agent';
import { FRAME, HEADER, jsonFrame } from '@launchgate/node-agent/protocol';
import { createGateway, readTicketKeys, serveTerminals } from '@launchgate/terminal-gateway';

export interface WorldOptions {
  readonly role: 'agent' | 'gateway' | 'bare-agent' | 'bare-relay' | 'silent-agent' | 'silent-bare-agent';
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly ticketKey: string;
  readonly redis: string;
  /** Where the bare relay connects to. */
  readonly agent?: string;
}

export const PEER = 'spiffe://bench/terminal-gateway';
export const SHELL = { shell: '/bin/bash', args: ['--norc', '--noprofile'], home: '/tmp', name: 'bench' };

async function listen(server: Server): Promise<void> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', 4096, done));
  process.send?.({ port: (server.address() as AddressInfo).port });
}

async function play(options: WorldOptions): Promise<void> {
  const tls = { cert: readFileSync(options.cert), key: readFileSync(options.key), ca: readFileSync(options.ca) };
  const mutual = { ...tls, requestCert: true, rejectUnauthorized: true };
  switch (options.role) {
    case 'agent':
      return listen(
        createAgent({
          node: 'node-1',
          tls,
          gateways: [PEER],
          account: SHELL,
          limits: { sessionsPerNode: 4000, sessionsPerUser: 4000 },
        }).server,
      );
    case 'gateway':
      return listen(gateway(options, tls));
    case 'bare-agent':
      return listen(bareAgent(createServer(mutual)));
    case 'bare-relay':
      return listen(bareRelay(createServer(tls), options.agent ?? '', tls));
    case 'silent-agent':
      return listen(silentAgent(createServer(mutual)));
    case 'silent-bare-agent': {
      const server = createServer(mutual);
      new WebSocketServer({ server, perMessageDeflate: false }).on('connection', () => {});
      return listen(server);
    }
  }
}

function gateway(options: WorldOptions, tls: { cert: Buffer; key: Buffer; ca: Buffer }): Server {
  const server = createServer(tls);
  const ticketKeys = readTicketKeys(readFileSync(options.ticketKey, 'utf8'));
  const terminals = createGateway({
    pod: 'bench',
    origins: ['https://bench'],
    ticketKeys: () => ticketKeys,
    redis: new Redis(options.redis),
    redisDeadline: 10_000,
    sessionsPerPod: 20_000,
    sessionsPerUser: 20_000,
    handshakesPerSecond: 20_000,
    mayReach: () => true,
    connectAgent: () => ({ ...tls, checkServerIdentity: () => undefined }),
  });
  serveTerminals(server, terminals);
  return server;
}

function bareAgent(server: Server): Server {
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    const terminal = spawn(SHELL.shell, SHELL.args, {
      cols: 80,
      rows: 24,
      cwd: '/tmp',
      env: { PATH: process.env['PATH'] },
      encoding: null,
    });
    terminal.onData((bytes) => socket.send(bytes));
    socket.on('message', (data: Buffer) => terminal.write(data.toString()));
    terminal.onExit(() => socket.close());
    socket.on('close', () => terminal.kill('SIGKILL'));
  });
  return server;
}

function bareRelay(server: Server, agent: string, tls: object): Server {
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (browser) => {
    const upstream = new WebSocket(`wss://${agent}`, { ...tls, perMessageDeflate: false });
    upstream.on('message', (data) => browser.send(data));
    upstream.on('open', () => browser.send(''));
    browser.on('message', (data) => upstream.send(data));
    browser.on('close', () => upstream.terminate());
    upstream.on('close', () => browser.terminate());
  });
  return server;
}

/** Answers every OPEN as an agent does, and never says anything else. */
function silentAgent(server: Server): Server {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('message', (frame: Buffer) => {
        if (frame[0] !== FRAME.open || frame.length < HEADER) return;
        const opened = { created: true, seq: 0, inputSeq: 0, window: 65_536, recording: 'off' };
        webSocket.send(jsonFrame(FRAME.opened, frame.readUInt32BE(1), opened));
      });
    });
  });
  return server;
}

process.on('message', (question) => {
  if (question !== 'memory') return;
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.({ rss: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit());
if (process.send !== undefined) await play(JSON.parse(process.argv[2] ?? '') as WorldOptions);
