/** What ModSecurity noted of single requests, from its audit log. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { WafMatch } from '../../../../model/drill/edge-control.ts';

const audited = z.looseObject({
  transaction: z.looseObject({
    unique_id: z.string(),
    messages: z
      .array(z.looseObject({ message: z.string(), details: z.looseObject({ ruleId: z.string() }) }))
      .default([]),
  }),
});

/** Lines are written once the answer is: later than the client has it. */
const WAIT_MS = 3000;
const POLL_MS = 100;

export async function wafMatches(
  log: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, readonly WafMatch[]>> {
  const wanted = new Set(ids);
  for (const end = Date.now() + WAIT_MS; ; await sleep(POLL_MS, undefined, { signal })) {
    const found = await read(log, wanted);
    if (found.size === wanted.size || Date.now() > end) return found;
  }
}

async function read(log: string, wanted: ReadonlySet<string>): Promise<Map<string, readonly WafMatch[]>> {
  const found = new Map<string, readonly WafMatch[]>();
  for await (const line of createInterface({ input: createReadStream(log), crlfDelay: Infinity })) {
    const { transaction } = parsed(line) ?? {};
    if (transaction === undefined || !wanted.has(transaction.unique_id)) continue;
    found.set(
      transaction.unique_id,
      transaction.messages.map(({ message, details }) => ({ rule: details.ruleId, message })),
    );
  }
  return found;
}

function parsed(line: string): z.infer<typeof audited> | undefined {
  try {
    return audited.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
