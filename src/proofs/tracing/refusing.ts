/** Processors of the OpenTelemetry collector that let no span through, by what is written of them. */
import type { Cursor } from '../../model/cursor.ts';
import { listOf, text, within } from '../alerting/lenient.ts';

/** Whether nothing comes through a processor, whatever the spans are. What cannot be told is taken to let some through. */
export function keepsNothing(id: string, at: Cursor): boolean {
  switch (id.split('/')[0]) {
    case 'probabilistic_sampler':
      return within(at, 'sampling_percentage').value === 0;
    case 'tail_sampling':
      return isKnown(at) && listOf(within(at, 'policies')).every(samplesNone);
    case 'filter':
      return dropsAll(at);
    default:
      return false;
  }
}

/** Neither the whole nor its policies are what a variable fills in. */
function isKnown(at: Cursor): boolean {
  return text(at) === undefined && text(within(at, 'policies')) === undefined;
}

/**
 * A policy of tail sampling that decides to keep no trace. A trace is kept if any policy says so, hence none without a policy.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor
 */
function samplesNone(policy: Cursor): boolean {
  switch (text(within(policy, 'type'))) {
    case 'probabilistic':
      return within(policy, 'probabilistic', 'sampling_percentage').value === 0;
    case 'rate_limiting':
      return within(policy, 'rate_limiting', 'spans_per_second').value === 0;
    case 'and':
      return listOf(within(policy, 'and', 'and_sub_policy')).some(samplesNone);
    case 'drop':
      return true;
    default:
      return false;
  }
}

/**
 * A filter drops what any of its conditions holds for. What it says of events of spans drops no span.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/filterprocessor
 */
function dropsAll(at: Cursor): boolean {
  const contexts = ['resource', 'scope', 'span'].map((context) => within(at, 'traces', context));
  return [...contexts, within(at, 'trace_conditions')]
    .flatMap(listOf)
    .some((condition) => EVERYTHING.test(text(condition) ?? ''));
}

/** What holds for any span. */
const EVERYTHING = /^[\s(]*(?:true|1\s*==\s*1|IsMatch\([\w.]+,\s*"\.\*"\))[\s)]*$/;
