/**
 * One rehearsal in a process of its own, which says each step it takes, to be killed in one. Arguments: the lab's folder, that of runs, the
 * control, the rehearsal's name.
 */
import { policiesOf } from '../../../src/app/lab.ts';
import { findProject } from '../../../src/app/project.ts';
import { openLab } from '../../../src/drills/lab/open.ts';
import { rehearse } from '../../../src/drills/run/rehearse.ts';
import { labTarget } from '../../../src/drills/targets/lab/index.ts';
import { SPEC } from '../../lab/platform/platform.ts';
import { planDrill } from '../planned.ts';

const [directory = '', drills = '', control = '', name = ''] = process.argv.slice(2);
const open = await openLab(directory);
const { plan, rehearsed } = await planDrill(control);
const rehearsal = plan.runs.find((run) => run.name === name);
if (open === undefined || rehearsal === undefined) throw new Error(`no lab in ${directory}, or no run "${name}"`);
const target = labTarget(open, () => policiesOf(findProject(process.cwd(), undefined, SPEC)));
const record = await rehearse(rehearsed(rehearsal), {
  target,
  drills,
  signal: new AbortController().signal,
  watch(event) {
    if (event.kind === 'step') process.stdout.write(`${JSON.stringify({ step: event.index })}\n`);
  },
});
process.stdout.write(`${JSON.stringify({ record })}\n`);
await target.close();
