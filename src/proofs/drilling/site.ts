/** Whether a platform that was stood up elsewhere serves: what its edge answers, and whether a customer's request is carried to its end. */
import { z } from 'zod';
import { CannotTell, type StepContext } from '../../model/drill/drill.ts';
import type { Site } from '../../model/drill/sites.ts';

/** A question that a customer would ask. */
export const askSchema = z.strictObject({
  service: z.string(),
  path: z.string().startsWith('/'),
  as: z.string().optional().describe('A test user, whose token is sent.'),
  status: z.int().min(100).max(599).default(200),
});
export type Ask = z.infer<typeof askSchema>;

export interface Serving {
  readonly asks: readonly Ask[];
  /** Seconds within which the customer must be told what came of the request. */
  readonly servedWithin: number;
}

/** Observes missing parts, questions answered otherwise, and a journey through all services. */
export async function judgeSite(
  context: Pick<StepContext, 'observe' | 'signal'>,
  subject: string,
  site: Site,
  serving: Serving,
): Promise<void> {
  const none = (name: string, unit: string, found: readonly string[], separator: string): void =>
    context.observe({
      name,
      value: found.length,
      unit,
      is: 0,
      subject,
      ...(found.length === 0 ? {} : { detail: found.join(separator) }),
    });
  const missing = site.parts.filter((part) => !site.ready.includes(part));
  none('parts that are not ready', 'parts', missing, ', ');
  if (serving.asks.length > 0)
    none(
      'questions that are not answered as they should be',
      'questions',
      await wrongAnswers(site, serving.asks),
      '; ',
    );
  const { lack, ms } = await travel(context.signal, site, serving.servedWithin);
  context.observe({
    name: "a customer's request is carried to its end",
    value: lack === undefined ? 1 : 0,
    unit: 'yes or no',
    is: 1,
    subject,
    detail: lack ?? `the customer was told after ${Math.round(ms)} ms`,
  });
}

async function wrongAnswers(site: Site, asks: readonly Ask[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { service, path, as, status } of asks) {
    const answer = await site.ask(service, path, as).catch((error: unknown) => ({ status: 0, text: String(error) }));
    if (answer.status !== status) wrong.push(`${service}${path} answers ${answer.status} ${answer.text.slice(0, 120)}`);
  }
  return wrong;
}

/** What kept the request from its end, if anything did. */
async function travel(
  signal: AbortSignal,
  site: Site,
  within: number,
): Promise<{ readonly lack?: string; readonly ms: number }> {
  try {
    const journey = await site.journey();
    if (journey.status >= 300) return { lack: `it was answered ${journey.status}`, ms: journey.ms };
    const event = await journey.event(within * 1000);
    if (event !== undefined) return { ms: event.ms };
    return {
      lack: `it was answered ${journey.status}, and after ${within} s the customer was told nothing of it`,
      ms: NaN,
    };
  } catch (error) {
    if (signal.aborted || error instanceof CannotTell) throw error;
    return { lack: error instanceof Error ? error.message : String(error), ms: NaN };
  }
}
