/** rsyslog as the lab's log collector: what any part wrote is found in one place, also when the part is gone. */
import { appendFileSync, chmodSync, mkdirSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab, Part } from '../../part.ts';
import type { LabPlan } from '../../plan.ts';
import { findInSink } from './find.ts';
import { rsyslogConfig, type SinkPlaces } from './rsyslog.ts';

export { findInSink, type SinkLine, type Wanted } from './find.ts';

const NAME = 'log-sink';
const RSYSLOG = '/usr/sbin/rsyslogd';

export function logSinkParts(_plan: LabPlan): Part[] {
  return [
    {
      name: NAME,
      needs: [],
      program: { file: RSYSLOG, package: 'rsyslog', loses: 'logs stay in a file of each part and are not collected' },
      prepare: (lab) => {
        const places = placesOf(lab);
        for (const folder of [places.work, places.sink]) mkdirSync(folder, { recursive: true, mode: 0o700 });
        lab.write(NAME, 'probe.log', '');
        lab.write(NAME, 'rsyslog.conf', rsyslogConfig(places));
      },
      command: (lab) => ({
        file: RSYSLOG,
        args: ['-n', '-f', join(lab.folder(NAME), 'rsyslog.conf'), '-i', join(lab.folder(NAME), 'rsyslog.pid')],
      }),
      ready: async (lab, signal) => shipsLines(lab, signal),
      stop: { signal: 'SIGTERM', timeoutMs: 5000 },
    },
  ];
}

/** Where the collected lines lie, for {@link findInSink}. */
export function sinkOf(lab: Lab): string {
  return join(lab.folder(NAME), 'sink');
}

function placesOf(lab: Lab): SinkPlaces {
  const own = lab.folder(NAME);
  const edge = lab.has('edge') ? lab.folder('edge') : undefined;
  return {
    logs: dirname(lab.log(NAME)),
    own: NAME,
    ...(edge === undefined ? {} : { access: join(edge, 'logs/access.log'), audit: join(edge, 'private/audit.log') }),
    probe: join(own, 'probe.log'),
    work: join(own, 'work'),
    sink: sinkOf(lab),
  };
}

/** Writes a line and waits until it came through. */
async function shipsLines(lab: Lab, signal: AbortSignal): Promise<void> {
  const mark = randomUUID();
  const probe = join(lab.folder(NAME), 'probe.log');
  appendFileSync(probe, `${mark}\n`);
  chmodSync(probe, 0o600);
  while ((await findInSink(join(sinkOf(lab)), mark, 1)).length === 0) await sleep(25, undefined, { signal });
}
