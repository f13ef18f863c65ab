/** The lab's log sink, and the audit trail in its PostgreSQL. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { appendFile, open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { exportAudit, verifyChain } from '@launchgate/runtime/audit';
import { z } from 'zod';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { AuditExport, Logs } from '../../../model/drill/logs.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Lab } from '../../lab/part.ts';
import { findInSink, sinkOf } from '../../lab/parts/log-sink/index.ts';
import { asSuperuser, DATABASE } from '../../lab/parts/postgres.ts';
import { recordedProcess, readState } from '../../lab/run/state.ts';
import { runs } from '../../lab/run/proc.ts';
import type { Use } from '../../target.ts';

/** Bytes from the end of a file in which the newest lines are looked for. */
const TAIL = 512 * 1024;
/** More events than this are no trail of a lab. */
const MOST_EVENTS = 100_000;

export function labLogs({ lab }: OpenLab, _use: Use): Logs {
  return {
    edges: lab.has('edge') ? ['edge'] : [],
    async find(text, { part, limit } = {}) {
      if (!lab.has('log-sink')) throw new CannotTell('the lab has no log sink');
      const found = await findInSink(sinkOf(lab), text, limit, part);
      return found.map((line) => ({ part: line.part, line: line.text }));
    },
    last: (part, lines) => newest(lab, part, lines),
    async write(part, message) {
      const id = recordedProcess(readState(lab.directory)!, part);
      if (id === undefined || !runs(id)) throw new CannotTell(`${part} does not run`);
      const line = { level: 'info', time: new Date().toISOString(), service: part.replace(/-\d+$/, ''), msg: message };
      await appendFile(`/proc/${id.pid}/fd/1`, `${JSON.stringify(line)}\n`);
    },
    exportAudit: () => auditOf(lab),
  };
}

async function newest(lab: Lab, part: string, lines: number): Promise<string[]> {
  if (!lab.has('log-sink')) throw new CannotTell('the lab has no log sink');
  const folder = join(sinkOf(lab), part);
  if (!/^[a-z0-9-]+$/.test(part) || !existsSync(folder)) return [];
  const file = readdirSync(folder).toSorted().at(-1);
  if (file === undefined) return [];
  const handle = await openFile(join(folder, file));
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - TAIL);
    const found: string[] = [];
    for await (const text of createInterface({
      input: createReadStream('', { fd: handle.fd, start, autoClose: false }),
    }))
      found.push(text);
    // The first may have been cut.
    return (start === 0 ? found : found.slice(1)).filter((text) => text !== '').slice(-lines);
  } finally {
    await handle.close();
  }
}

const event = z.looseObject({
  seq: z.int(),
  at: z.string(),
  actor: z.looseObject({ id: z.string() }),
  action: z.string(),
  target: z.looseObject({ kind: z.string(), id: z.string() }),
  outcome: z.string(),
  correlationId: z.string(),
});

async function auditOf(lab: Lab): Promise<AuditExport> {
  if (!lab.has('postgres')) throw new CannotTell('the lab has no PostgreSQL');
  const lines: string[] = [];
  await asSuperuser(lab, DATABASE, async (client) => {
    for await (const line of exportAudit(client)) {
      lines.push(line);
      if (lines.length > MOST_EVENTS) throw new CannotTell(`the audit trail has more than ${MOST_EVENTS} events`);
    }
  });
  const verdict = await verifyChain(lines);
  return {
    events: lines.flatMap((line) => entryOf(line) ?? []),
    ...(verdict.state === 'broken' ? { broken: { seq: verdict.seq, because: verdict.because } } : {}),
    digest: createHash('sha256').update(lines.join('')).digest('hex'),
  };
}

/** `undefined` for a line that is no event: the chain says so already. */
function entryOf(line: string): AuditExport['events'][number] | undefined {
  const parsed = event.safeParse(JSON.parse(line)).data;
  if (parsed === undefined) return undefined;
  const { seq, at, actor, action, target, outcome, correlationId } = parsed;
  return { seq, at, actor: actor.id, action, target: `${target.kind}/${target.id}`, outcome, correlationId };
}
