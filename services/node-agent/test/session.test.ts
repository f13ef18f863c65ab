/** A session between a terminal and a viewer that are both played here. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../src/limits.ts';
import { Session, type Viewer } from '../src/session.ts';

const KIB = 1024;
const REQUEST = { mode: 'open', session: 's', user: 'u', node: 'n', fence: 1, cols: 80, rows: 24 } as const;
const VIEWER: Viewer = { wake() {}, inputTaken() {}, notice() {}, cut() {} };

function start(): Session {
  const session = new Session(REQUEST, DEFAULT_LIMITS, { lost() {}, paused() {}, ended() {} }, 'off');
  const pty = { pid: 0, unwritten: 0, write() {}, discard() {}, resize() {}, pause() {}, resume() {} };
  session.start(pty, undefined);
  session.attach(VIEWER, 'gateway', REQUEST);
  return session;
}

describe('output that does not fit into the window', () => {
  it('is kept as it was, though the memory it was read into is used again', () => {
    const session = start();
    const memory = Buffer.alloc(200 * KIB);
    const expected: Buffer[] = [];
    for (const byte of [1, 2, 3]) {
      memory.fill(byte);
      expected.push(Buffer.from(memory));
      session.output(memory);
    }
    memory.fill(255);
    expect(session.ring.end).toBe(256 * KIB);
    const seen: Buffer[] = [];
    for (let at = 0; at < session.ring.end; at += seen.at(-1)?.length ?? 0) {
      const part = Buffer.alloc(session.ring.end - at);
      session.ring.copy(at, part.length, part, 0);
      seen.push(part);
      session.credit(at + part.length);
    }
    expect(Buffer.concat(seen).equals(Buffer.concat(expected))).toBe(true);
  });
});
