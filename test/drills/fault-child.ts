/** A run in a process of its own that does the lab one fault and waits to be killed. Arguments: the lab's folder, that of runs, the fault. */
import { openLab } from '../../src/drills/lab/open.ts';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import { rehearsed } from '../../src/drills/run/run.testkit.ts';
import { labTarget } from '../../src/drills/targets/lab/index.ts';
import { FAULTS } from './faults.ts';

const [directory = '', drills = '', name = ''] = process.argv.slice(2);
const open = await openLab(directory);
const fault = FAULTS[name];
if (open === undefined || fault === undefined) throw new Error(`no lab in ${directory}, or no fault "${name}"`);
await rehearse(
  rehearsed({
    method: [
      {
        name,
        kind: 'fault',
        timeoutMs: 600_000,
        async run(context) {
          await fault.cause(context);
          process.stdout.write('done\n');
          await new Promise(() => undefined);
        },
      },
    ],
  }),
  { target: labTarget(open), drills, signal: new AbortController().signal },
);
