/** The lab's receiver of spans. */
import { z } from 'zod';
import type { Traces } from '../../../model/drill/traces.ts';
import type { OpenLab } from '../../lab/open.ts';
import { SPAN_KINDS } from '../../lab/desk/spans/types.ts';
import { address } from '../../lab/parts/observability/configure.ts';
import type { Use } from '../../target.ts';
import { takeJourney } from './journey.ts';

const kept = z.object({
  spans: z.array(
    z.looseObject({
      spanId: z.string(),
      parentSpanId: z.string().optional(),
      service: z.string(),
      name: z.string(),
      kind: z.enum(SPAN_KINDS),
      start: z.number(),
      end: z.number(),
      attributes: z.record(z.string(), z.unknown()),
    }),
  ),
});

export function labTraces(open: OpenLab, use: Use): Traces {
  const { lab } = open;
  const { signal } = use;
  return {
    journey: (before) => takeJourney(open, use, before),
    async of(traceId) {
      const answer = await fetch(`http://${address(lab, 'otlp', 'http')}/v1/traces/${encodeURIComponent(traceId)}`, {
        signal,
      });
      const text = await answer.text();
      if (answer.status === 404) return [];
      if (!answer.ok) throw new Error(`the receiver of spans answers ${answer.status}: ${text.slice(0, 200)}`);
      return kept.parse(JSON.parse(text)).spans.map(({ parentSpanId, kind, start, end, ...span }) => ({
        service: span.service,
        name: span.name,
        kind: kind === 'unspecified' ? 'internal' : kind,
        spanId: span.spanId,
        ...(parentSpanId === undefined || parentSpanId === '' ? {} : { parentId: parentSpanId }),
        startMs: start,
        durationMs: end - start,
        attributes: span.attributes,
      }));
    },
  };
}
