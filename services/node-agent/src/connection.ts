/** A gateway's connection: its channels, and whose output goes next. */
import type { WebSocket } from 'ws';
import { Channel, TURN, type ChannelLink } from './channel.ts';
import { createFrames } from './frames.ts';
import type { Log } from '@launchgate/runtime/logging';
import {
  FRAME,
  HEADER,
  POSITION,
  demandPosition,
  jsonFrame,
  killRequest,
  openRequest,
  readJson,
  type OpenRequest,
} from './protocol.ts';
import type { Sessions } from './sessions.ts';
import { createTyping } from './typing.ts';

/** Milliseconds in which the output of a busy channel is gathered, and until one that has had its share is asked again. */
const GATHER = 1;
/** Output that may wait in the socket: more would only stand before what is urgent. */
const QUEUE = 131_072;
/** Answers and output that may wait in it. They are few, so this is a gateway that goes on asking and reads nothing. */
const UNREAD = 1_048_576;

export interface Connection {
  readonly gateway: string;
  close(code: number, reason: string): void;
}

export function acceptGateway(socket: WebSocket, gateway: string, sessions: Sessions, log: Log): Connection {
  const channels = new Map<number, Channel>();
  let turns: Channel[] = [];
  let timer: NodeJS.Timeout | undefined;
  let newest = -1;
  const typing = createTyping();
  const frames = createFrames(HEADER + POSITION + TURN);

  function answer(frame: Buffer): void {
    if (socket.bufferedAmount < UNREAD) socket.send(frame, sent);
    else socket.terminate();
  }

  const link: ChannelLink = {
    send: answer,
    schedule(channel, urgent) {
      if (!channel.scheduled) turns.push(channel);
      channel.scheduled = true;
      if (urgent) flush();
      else timer ??= setTimeout(flush, GATHER);
    },
    over: (channel) => void channels.delete(channel.number),
  };

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const now = performance.now();
    /** Their turn is worth more a little later. */
    const held: Channel[] = [];
    while (turns.length > 0 && socket.bufferedAmount < QUEUE) {
      const waiting = turns;
      turns = [];
      for (const [index, channel] of waiting.entries()) {
        if (socket.bufferedAmount >= QUEUE) {
          turns = [...waiting.slice(index), ...turns];
          break;
        }
        const most = typing.besides(channel.number, now) ? channel.share(now) : TURN;
        channel.paced = most === 0;
        if (channel.paced) held.push(channel);
        else if (turn(channel, most)) (channel.full ? turns : held).push(channel);
      }
    }
    if (held.length === 0) return;
    turns.push(...held);
    timer ??= setTimeout(flush, GATHER);
  }

  /** Whether the channel has more. */
  function turn(channel: Channel, most: number): boolean {
    const frame = channel.next(most, frames);
    if (frame !== undefined) socket.send(frame, () => (frames.give(frame), sent()));
    channel.scheduled = frame !== undefined && channel.waits;
    return channel.scheduled;
  }

  function sent(): void {
    if (turns.length > 0 && timer === undefined && socket.bufferedAmount < QUEUE / 2) flush();
  }

  function receive(frame: Buffer): void {
    if (frame.length < HEADER) throw new Error('a message is shorter than its header');
    const number = frame.readUInt32BE(1);
    const channel = channels.get(number);
    switch (frame[0]) {
      case FRAME.open:
        return open(number, readJson(openRequest, frame));
      case FRAME.kill: {
        const { session, reason } = readJson(killRequest, frame);
        return answer(jsonFrame(FRAME.killed, number, { found: sessions.kill(session, reason) }));
      }
      case FRAME.input:
        typing.typed(number, performance.now());
        return channel?.session?.input(demandPosition(frame), frame.subarray(HEADER + POSITION));
      case FRAME.credit:
        return channel?.session?.credit(demandPosition(frame));
      case FRAME.resize:
        return resize(channel, frame);
      case FRAME.detach:
        return channel?.detach();
      default:
        throw new Error(`there is no message type ${frame[0]}`);
    }
  }

  function open(number: number, request: OpenRequest): void {
    if (number <= newest) throw new Error(`channel ${number} was used before`);
    newest = number;
    const channel = new Channel(number, link);
    channels.set(number, channel);
    channel.open(sessions, gateway, request);
  }

  socket.on('message', (data: Buffer, binary: boolean) => {
    if (socket.readyState !== socket.OPEN) return;
    try {
      if (!binary) throw new Error('a text message');
      receive(data);
    } catch (error) {
      log.warn({ gateway, err: error }, 'a gateway has sent what is no message');
      socket.close(1002, 'malformed message');
    }
  });
  socket.on('close', () => {
    turns = [];
    for (const channel of channels.values()) channel.detach();
  });
  return {
    gateway,
    close: (code, reason) => socket.close(code, reason),
  };
}

function resize(channel: Channel | undefined, frame: Buffer): void {
  if (frame.length < HEADER + 4) throw new Error('a resize without a size');
  const cols = Math.min(1000, Math.max(1, frame.readUInt16BE(HEADER)));
  const rows = Math.min(1000, Math.max(1, frame.readUInt16BE(HEADER + 2)));
  channel?.session?.size.set(cols, rows);
}
