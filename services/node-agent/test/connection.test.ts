/** What goes to a gateway when, over a connection that is played here. */
import { EventEmitter } from 'node:events';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { SILENT } from '@launchgate/runtime/logging';
import type { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { TURN } from '../src/channel.ts';
import { acceptGateway } from '../src/connection.ts';
import { FRAME, HEADER, POSITION, jsonFrame } from '../src/protocol.ts';
import { createRing } from '../src/ring.ts';
import type { Session, Viewer } from '../src/session.ts';
import type { Sessions } from '../src/sessions.ts';

const REQUEST = { mode: 'open', session: 's', user: 'u', node: 'n', fence: 1, cols: 80, rows: 24 };

/** A gateway with one session open: `write` is its terminal, `lengths` are those of the output that arrived, message by message. */
function open() {
  const lengths: number[] = [];
  const socket = Object.assign(new EventEmitter(), {
    bufferedAmount: 0,
    send(frame: Buffer, taken?: () => void) {
      if (frame[0] === FRAME.output) lengths.push(frame.length - HEADER - POSITION);
      if (taken !== undefined) setImmediate(taken);
    },
  });
  const ring = createRing(1024 * 1024);
  const session = { ring, finished: false, detach() {} } as unknown as Session;
  let viewer: Viewer | undefined;
  const sessions = {
    open: (_request: unknown, opening: Viewer) => ((viewer = opening), { session, opened: { seq: 0, inputSeq: 0 } }),
  } as unknown as Sessions;
  acceptGateway(socket as unknown as WebSocket, 'gateway', sessions, SILENT);
  socket.emit('message', jsonFrame(FRAME.open, 1, REQUEST), true);
  return { lengths, write: (bytes: Buffer) => (ring.write(bytes), viewer?.wake()) };
}

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);

describe('a flood', () => {
  it('goes a whole turn at a time, and what is left over waits for more', async () => {
    const { lengths, write } = open();
    const read = Buffer.alloc(4095);
    for (let reads = 0; reads < 1000; reads++) {
      write(read);
      if (reads % 4 === 3) await turn();
    }
    await sleep(20);
    expect(sum(lengths)).toBe(1000 * 4095);
    expect(lengths.filter((length) => length === TURN).length).toBeGreaterThan(lengths.length * 0.9);
  });

  it('does not end with output that waits for ever', async () => {
    const { lengths, write } = open();
    write(Buffer.alloc(TURN + 1));
    await sleep(20);
    expect(lengths).toEqual([TURN, 1]);
  });
});

describe('a gateway that reads nothing', () => {
  it('is cut off once a megabyte waits for it, however much more it asks', () => {
    let ended = false;
    const socket = Object.assign(new EventEmitter(), {
      bufferedAmount: 0,
      readyState: 1,
      OPEN: 1,
      send(frame: Buffer) {
        socket.bufferedAmount += frame.length;
      },
      terminate() {
        ended = true;
        socket.readyState = 3;
      },
    });
    const sessions = { kill: () => false } as unknown as Sessions;
    acceptGateway(socket as unknown as WebSocket, 'gateway', sessions, SILENT);
    const ask = jsonFrame(FRAME.kill, 1, { session: 's', reason: 'none' });
    for (let asked = 0; asked < 100_000; asked++) socket.emit('message', ask, true);
    expect(ended).toBe(true);
    expect(socket.bufferedAmount).toBeLessThan(1_100_000);
  });
});
