/** What travels on `usage.recorded`: the announcement of a row of billing.usage_events, which stays the truth. */
import { z } from 'zod';

const usageMessage = z.object({
  id: z.uuid(),
  tenantId: z.string().min(1).max(64),
  userId: z.string().min(1).max(128),
  instanceId: z.uuid(),
  kind: z.literal('gpu_seconds'),
  quantity: z.number().int().positive(),
  priceMicros: z.number().int().nonnegative(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  usedAt: z.iso.datetime({ offset: true }),
  recordedAt: z.iso.datetime({ offset: true }),
});

export type UsageMessage = z.infer<typeof usageMessage>;

/** A message that no repetition will make better; `reason` is for the dead letter and holds nothing of the payload. */
export class Unprocessable extends Error {
  override readonly name = 'Unprocessable';
}

/** Larger ones are refused unread: a usage message has some 400 bytes. */
const MAX_BYTES = 16_384;

/** Throws `Unprocessable` with what was expected. */
export function parseUsage(data: Uint8Array): UsageMessage {
  if (data.length > MAX_BYTES) throw new Unprocessable(`${data.length} bytes, expected at most ${MAX_BYTES}`);
  const parsed = usageMessage.safeParse(json(data));
  if (parsed.success) return parsed.data;
  throw new Unprocessable(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

function json(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    throw new Unprocessable('expected JSON in UTF-8');
  }
}
