import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { machineUse } from './machine.ts';
import { family, processInfo } from './proc.ts';

/** Works until it has used this many seconds of a processor, in a child of its own, and waits for its end. */
const WORKED = 0.5;
const work = `const { cpuUsage } = process; while (cpuUsage().user < ${WORKED} * 1e6);`;
const parent = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(work)}]);
  console.log('worked'); setInterval(() => {}, 1000);`;

test('what a program and its children use is its own, also of those that have ended, and of others for everybody else', async () => {
  const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const leader = processInfo(child.pid!)!;
    const before = { its: machineUse(family(leader)), none: machineUse([]) };
    await once(child.stdout, 'data');
    const after = { its: machineUse(family(leader)), none: machineUse([]) };
    const others = (whose: 'its' | 'none') => after[whose].othersSeconds - before[whose].othersSeconds;
    expect(others('none') - others('its')).toBeGreaterThan(WORKED * 0.9);
    expect(after.none.busySeconds - before.none.busySeconds).toBeGreaterThan(WORKED * 0.9);
    expect(after.none.processors).toBeGreaterThan(0);
  } finally {
    child.kill('SIGKILL');
  }
});
