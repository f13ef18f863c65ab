/** A run in a process of its own, to be killed by a test: it freezes the process that it is given and waits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { rehearse } from './rehearse.ts';
import { oneProcess, rehearsed } from './run.testkit.ts';

const [pid = '', drills = ''] = process.argv.slice(2);
const { target } = oneProcess(Number(pid));
await rehearse(
  rehearsed({
    method: [
      {
        name: 'freeze and wait',
        kind: 'fault',
        timeoutMs: 60_000,
        run: async (context) => {
          await context.target.parts.freeze('sleeper');
          await sleep(60_000);
        },
      },
    ],
  }),
  { target, drills, signal: new AbortController().signal },
);
