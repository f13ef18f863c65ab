import { sha256, canonicalJson, type Digest } from '../model/digest.ts';
import { seconds } from '../model/duration.ts';
import type { Half } from '../model/control.ts';
import type { Judgement } from '../model/report.ts';
import { boundReports, type AcceptDemand } from './accept-half.ts';
import { candidateArtifacts, imageDigests } from './candidate.ts';
import { sealedDrills, type Bound, type DrillDemand } from './drill-half.ts';
import { keyOf, memberOf, NO_SUBJECT, type Binding, type GateControl, type GateInput } from './input.ts';
import { ControlOffers, offersByControl, type Offer } from './offers.ts';
import type { Requirement } from './requirements.ts';

/** One control for one subject, with everything that is needed to judge it. */
export interface Case {
  readonly control: GateControl;
  readonly halves: readonly Half[];
  readonly subject: string;
  readonly judgement: Judgement | undefined;
  readonly paramOrigins: Judgement['paramOrigins'] | undefined;
  readonly offers: readonly Offer[];
  /** Why evidence that claims to be about it did not survive the trust walk. */
  readonly refusedEarlier: readonly string[];
  readonly drill: DrillDemand;
  readonly accept: AcceptDemand;
}

type BySubject<T> = Map<string, T>;

/** Builds cases from indexes by control, so that a case costs the same however many there are. */
export class CaseBook {
  readonly #input: GateInput;
  readonly #offers: ReadonlyMap<string, ControlOffers>;
  readonly #judgements = new Map<string, BySubject<Judgement>>();
  readonly #bindings = new Map<string, BySubject<Binding>>();
  readonly #artifacts: ReadonlySet<string>;
  readonly #images: ReadonlySet<string>;

  constructor(input: GateInput) {
    this.#input = input;
    this.#offers = offersByControl(input);
    this.#artifacts = candidateArtifacts(input.candidate);
    this.#images = imageDigests(input.candidate);
    for (const judgement of input.judgements) this.#addJudgement(judgement);
    for (const binding of input.bindings ?? []) {
      within(this.#bindings, keyOf(binding.environment, binding.control)).set(binding.subject, binding);
    }
  }

  /** The cases of a requirement: one a subject, or one without a subject where it has none. */
  of({ control, halves }: Requirement): Case[] {
    const { id } = control.meta;
    const judged = this.#judgements.get(id) ?? new Map<string, Judgement>();
    const subjects = new Set([...(this.#input.expected.get(id) ?? []), ...judged.keys()]);
    const build = this.#builder(control, halves, judged);
    return subjects.size === 0 ? [build(NO_SUBJECT)] : [...subjects].sort().map(build);
  }

  /** Two judgements of one subject: the one that does not pass counts. A judged subject is an expected one. */
  #addJudgement(judgement: Judgement): void {
    const known = within(this.#judgements, judgement.control);
    if ((known.get(judgement.subject)?.outcome ?? 'pass') === 'pass') known.set(judgement.subject, judgement);
  }

  /** What is the same for all subjects of a control is worked out once. */
  #builder(control: GateControl, halves: readonly Half[], judged: BySubject<Judgement>): (subject: string) => Case {
    const { gate, candidate, at, artifacts, trust } = this.#input;
    const { id } = control.meta;
    const floors = memberOf(trust.policy.policy.floors, id);
    const offers = this.#offers.get(id) ?? new ControlOffers();
    const { environment, maxAge } = gate;
    const ownAge = memberOf(maxAge.controls, id);
    const drillAge = seconds(ownAge ?? maxAge.drill) * 1000;
    const acceptAge = seconds(ownAge ?? maxAge.accept) * 1000;
    const own = this.#bindings.get(keyOf(environment, id));
    const binding = (subject: string) => (where: string) => this.#binding(where, id, subject, judged);
    const now = at.getTime();
    return (subject) => {
      const judgement = judged.get(subject);
      return {
        control,
        halves,
        subject,
        judgement,
        paramOrigins: (judgement ?? own?.get(subject))?.paramOrigins,
        offers: offers.for(subject),
        refusedEarlier: offers.rejectedFor(subject),
        drill: {
          control: id,
          subject,
          environment,
          maxAgeMs: drillAge,
          at: now,
          ...(floors === undefined ? {} : { floors }),
          binding: binding(subject),
        },
        accept: {
          control,
          subject,
          maxAgeMs: acceptAge,
          at,
          candidate: candidate.digest,
          artifacts: this.#artifacts,
          candidateImages: this.#images,
          images: artifacts?.get(subject) ?? [],
        },
      };
    };
  }

  #binding(where: string, control: string, subject: string, judged: BySubject<Judgement>): Bound | undefined {
    const here = this.#input.gate.environment;
    const there = subject === `environment/${here}` ? `environment/${where}` : subject;
    const binding = this.#bindings.get(keyOf(where, control))?.get(there);
    const judgement = where === here ? judged.get(subject) : undefined;
    return judgement === undefined || binding?.unread !== undefined ? binding : judgement;
  }
}

function within<T>(index: Map<string, BySubject<T>>, key: string): BySubject<T> {
  const found = index.get(key) ?? new Map<string, T>();
  index.set(key, found);
  return found;
}

/**
 * Digest of everything that persons sign: gate, policy, candidate, demands, every recomputed judgement and every piece of
 * evidence that fits. Ages are left out, so the seal is the same tomorrow; new or drifted evidence makes another one.
 */
export function sealOf(input: GateInput, cases: readonly Case[], demands: unknown): Digest {
  const { gate, trust, candidate, choices } = input;
  const head = canonicalJson({
    gate,
    choices,
    policy: trust.policy.digest,
    root: trust.root,
    candidate: candidate.digest,
    demands,
  });
  return sha256([head, ...cases.map(sealedCase)].join('\n'));
}

function sealedCase({ control, subject, halves, judgement, offers, drill, accept }: Case): string {
  let line = `${control.meta.id} ${subject} ${halves.join('+')} ${control.built.join('+')}`;
  if (judgement !== undefined) {
    const { outcome, input, params, version } = judgement;
    line += ` ${outcome} ${input} ${params} ${version}`;
  }
  if (offers.length === 0) return line;
  if (halves.includes('drill')) line += ` drill ${sealedDrills(offers, drill).join(' ')}`;
  if (!halves.includes('accept')) return line;
  const reports = boundReports(offers, accept).bound.map(({ evidence }) => evidence.digest);
  return `${line} accept ${reports.sort().join(' ')}`;
}
