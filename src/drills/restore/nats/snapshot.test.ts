/** Streams from one real server into another: what comes back is compared as the drill of restores does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../../../test/need.ts';
import { reservePorts } from '../../lab/run/ports.ts';
import { needProgram } from '../../lab/run/programs.ts';
import { readContents } from './index.ts';
import { ask, restoreSnapshot, takeSnapshot } from './snapshot.ts';

describe.skipIf(!needs('nats-server'))('streams', () => {
  let folder: string;
  let servers: ChildProcess[];
  let from: NatsConnection;
  let to: NatsConnection;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'launchgate-streams-'));
    servers = [];
    [from, to] = await Promise.all([started('from'), started('to')]);
  });
  afterEach(async () => {
    await Promise.all([from.close(), to.close()]);
    for (const server of servers) {
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function started(name: string): Promise<NatsConnection> {
    const [port = 0] = await reservePorts([undefined]);
    servers.push(
      spawn(needProgram('nats-server'), ['-js', '-sd', join(folder, name), '-a', '127.0.0.1', '-p', String(port)], {
        stdio: 'ignore',
      }),
    );
    return connect({
      servers: `nats://127.0.0.1:${port}`,
      waitOnFirstConnect: true,
      maxReconnectAttempts: 100,
      reconnectTimeWait: 50,
    });
  }

  async function stream(name: string, messages: number): Promise<void> {
    await ask(from, `STREAM.CREATE.${name}`, { name, subjects: [`${name}.>`], storage: 'file', num_replicas: 1 });
    for (let number = 0; number < messages; number += 1) await from.request(`${name}.said`, `message ${number}`);
  }

  async function moved(name: string): Promise<void> {
    const path = join(folder, `${name}.snapshot`);
    await restoreSnapshot(to, await takeSnapshot(from, name, path), path);
  }

  test('comes back the same: full, with gaps, emptied, and one that never held a message', async () => {
    await stream('full', 5);
    await stream('gaps', 5);
    for (const seq of [1, 3, 5]) await ask(from, 'STREAM.MSG.DELETE.gaps', { seq });
    await stream('emptied', 5);
    await ask(from, 'STREAM.PURGE.emptied');
    await stream('untouched', 0);
    for (const name of ['full', 'gaps', 'emptied', 'untouched']) await moved(name);
    expect(await readContents(to)).toEqual(await readContents(from));
    expect(await readContents(to)).toMatchObject({ full: { rows: 5 }, gaps: { rows: 2 }, emptied: { rows: 0 } });
  });

  test('one that lost a message, or where it was, is another one', async () => {
    for (const name of ['short', 'emptied']) await stream(name, 3);
    await ask(from, 'STREAM.PURGE.emptied');
    await moved('short');
    await ask(to, 'STREAM.MSG.DELETE.short', { seq: 2 });
    // As if it had been made anew: whoever reads on after the third message misses the next three.
    await ask(to, 'STREAM.CREATE.emptied', {
      name: 'emptied',
      subjects: ['emptied.>'],
      storage: 'file',
      num_replicas: 1,
    });
    const [was, is] = [await readContents(from), await readContents(to)];
    expect(is['short']).not.toEqual(was['short']);
    expect(is['emptied']).not.toEqual(was['emptied']);
  });
});
