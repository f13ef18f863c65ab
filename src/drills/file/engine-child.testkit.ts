/** A drill in a file, run in a process of its own, to be killed by a test. Arguments: the target's pid, the folder of runs, the file, the folder it works in, the place as JSON. */
import { readFileSync } from 'node:fs';
import { parseWithSchema } from '../../engine/load-spec.ts';
import { rehearse } from '../run/rehearse.ts';
import { oneProcess } from '../run/run.testkit.ts';
import { fileDrill } from './drill.ts';
import type { Place } from './place.ts';
import { fileDrillSchema } from './schema.ts';
import { withWayBack } from './way-back.ts';

const [pid = '', drills = '', file = '', folder = '', place = ''] = process.argv.slice(2);
const read = parseWithSchema(fileDrillSchema, readFileSync(file, 'utf8'), file, 'usage');
const [rehearsal] = fileDrill(read, folder).plan({ subjects: [], parameters: {}, spec: {} as never }).runs;
await rehearse(
  { control: read.name, summary: read.summary, blastRadius: read.blastRadius, parameters: {}, rehearsal: rehearsal! },
  {
    target: withWayBack(oneProcess(Number(pid)).target, JSON.parse(place) as Place),
    drills,
    signal: new AbortController().signal,
  },
);
