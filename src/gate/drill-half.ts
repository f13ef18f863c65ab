import { sha256 } from '../model/digest.ts';
import type { DrillPredicate } from '../model/evidence.ts';
import type { Floor } from '../model/policy.ts';
import { belowFloor } from './check-half.ts';
import { ageInWords, type HalfState } from './half-state.ts';
import type { Binding } from './input.ts';
import type { Offer } from './offers.ts';

/** What evidence must be bound to, of a judgement or a binding. */
export type Bound = Pick<Binding, 'input' | 'params' | 'version' | 'unread' | 'paramOrigins'>;

/** What a drill must match to count for a subject, and how old it may be. */
export interface DrillDemand {
  readonly control: string;
  readonly subject: string;
  readonly environment: string;
  readonly maxAgeMs: number;
  readonly at: number;
  /** What the policy wants of the control's params, wherever it was drilled. */
  readonly floors?: Readonly<Record<string, Floor>>;
  /** What the engine computes now for an environment; `undefined` when it could not. */
  readonly binding: (environment: string) => Bound | undefined;
}

/** Input digest of a query that could not be answered; nothing is ever bound to it. */
const NOTHING = sha256('');

function fitting(offers: readonly Offer[], demand: DrillDemand): Offer[] {
  return offers.filter((one) => one.isDrill && one.refused === undefined && drift(one, demand) === undefined);
}

/** The newest drill that fits: right place and time, bound to what the control reads now. The gate's own environment goes first, while fresh. */
function newestFit(offers: readonly Offer[], demand: DrillDemand): Offer | undefined {
  const fits = fitting(offers, demand);
  const own = fits.find(({ scope }) => scope.environment === demand.environment);
  return own !== undefined && demand.at - own.at <= demand.maxAgeMs ? own : fits[0];
}

/** Digests of the drills that could decide, at whatever time the question is asked. */
export function sealedDrills(offers: readonly Offer[], demand: DrillDemand): string[] {
  const fits = fitting(offers, demand);
  const own = fits.find(({ scope }) => scope.environment === demand.environment);
  return [...new Set([fits[0], own].flatMap((one) => (one === undefined ? [] : [one.evidence.digest])))];
}

/** Judges the dynamic half by its newest fitting drill, and by what that observed. */
export function drillHalf(offers: readonly Offer[], refusedEarlier: readonly string[], demand: DrillDemand): HalfState {
  const fit = newestFit(offers, demand);
  if (fit === undefined) return withoutFit(offers, refusedEarlier, demand);
  const again = rerun(demand);
  const evidence = [fit.evidence.digest];
  const base = { half: 'drill' as const, evidence };
  const age = demand.at - fit.at;
  if (age > demand.maxAgeMs) {
    const because = `the drill of ${new Date(fit.at).toISOString()} is ${ageInWords(age)} old, at most ${ageInWords(demand.maxAgeMs)} are allowed`;
    return { ...base, state: 'stale', because, next: again };
  }
  const { outcome, observations, because, parameters = {} } = fit.evidence.statement.predicate as DrillPredicate;
  const missed = observations.filter(({ met }) => !met);
  if (outcome === 'error') return { ...base, state: 'error', because: because ?? 'the drill broke off', next: again };
  if (outcome === 'fail' || missed.length > 0) {
    const values = missed.map(
      ({ name, value, unit, target }) => `${name} ${value} ${unit}${target === undefined ? '' : `, target ${target}`}`,
    );
    return {
      ...base,
      state: 'failed',
      because: values.length > 0 ? `the drill missed: ${values.join('; ')}` : (because ?? 'the drill failed'),
      next: `Mend what the drill found, then ${again.charAt(0).toLowerCase()}${again.slice(1)}`,
    };
  }
  if (outcome === 'inconclusive' || observations.length === 0) {
    const reason = because ?? (observations.length === 0 ? 'it observed nothing' : 'it could not tell');
    return { ...base, state: 'inconclusive', because: `the drill proves nothing: ${reason}`, next: again };
  }
  const easier = easierElsewhere(fit, demand);
  if (easier !== undefined) return { ...base, state: 'weakened', because: easier, next: again };
  const expires = fit.at + demand.maxAgeMs;
  const settings = Object.entries(parameters).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const how = settings.length === 0 ? '' : ` with ${settings.join(', ')}`;
  const said = `drilled in ${fit.scope.environment} ${ageInWords(age)} ago${how}, ${observations.length} observations met`;
  return { ...base, state: 'satisfied', because: said, next: '', expires };
}

/** Another environment has params of its own: a drill that was held to less than the policy wants proves no more than that. */
function easierElsewhere({ scope: { environment } }: Offer, demand: DrillDemand): string | undefined {
  if (environment === demand.environment) return undefined;
  const below = belowFloor(demand.floors, demand.binding(environment)?.paramOrigins ?? {});
  return below === undefined ? undefined : `it was drilled in ${environment}, where ${below}`;
}

/** No drill fits: the nearest miss is the reason. A drifted drill is nearer than a refused one. */
function withoutFit(offers: readonly Offer[], refusedEarlier: readonly string[], demand: DrillDemand): HalfState {
  const base = { half: 'drill' as const, next: rerun(demand) };
  const drills = offers.filter(({ isDrill }) => isDrill);
  const drifted = drills.find(({ refused }) => refused === undefined);
  if (drifted !== undefined) {
    const because = `the drill no longer fits: ${drift(drifted, demand)}`;
    return { ...base, state: 'drifted', because, evidence: [drifted.evidence.digest] };
  }
  const [first] = drills;
  const why = first?.refused ?? refusedEarlier[0];
  const because = why === undefined ? `no drill of ${demand.subject} is on record` : `its drill is refused: ${why}`;
  return { ...base, state: 'missing', because, evidence: [] };
}

/** What a drill was bound to and is no longer so; `undefined` when all three bindings hold. */
function drift({ scope }: Offer, demand: DrillDemand): string | undefined {
  const now = demand.binding(scope.environment);
  if (now === undefined || now.input === NOTHING) {
    return `what ${demand.control} reads in ${scope.environment} could not be computed, so drift cannot be ruled out`;
  }
  if (now.unread !== undefined) return `${now.unread} So drift cannot be ruled out.`;
  const then = scope.binds;
  if (then?.input === undefined || then.params === undefined || then.version === undefined) {
    return 'it does not say which input, params and version it is bound to';
  }
  if (then.version !== now.version)
    return `the control is version ${now.version} now, the drill ran version ${then.version}`;
  if (then.params !== now.params) return 'the params have changed since';
  if (then.input !== now.input) return 'what the control reads of the platform has changed since';
  return undefined;
}

function rerun({ control, environment }: DrillDemand): string {
  return `Run "launchgate drill run ${control}" against ${environment}, or where its evidence may come from.`;
}
