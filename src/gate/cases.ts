import { sha256, canonicalJson, type Digest } from '../model/digest.ts';
import { seconds } from '../model/duration.ts';
import type { Half } from '../model/control.ts';
import type { Judgement } from '../model/report.ts';
import { boundReports, type AcceptDemand } from './accept-half.ts';
import { candidateArtifacts, imageDigests } from './candidate.ts';
import { sealedDrills, type DrillDemand } from './drill-half.ts';
import { keyOf, NO_SUBJECT, type Binding, type GateControl, type GateInput } from './input.ts';
import { Offers, type Offer } from './offers.ts';
import type { Requirement } from './requirements.ts';

/** One control for one subject, with everything that is needed to judge it. */
export interface Case {
  readonly control: GateControl;
  readonly halves: readonly Half[];
  readonly subject: string;
  readonly judgement: Judgement | undefined;
  readonly paramOrigins: Judgement['paramOrigins'] | undefined;
  readonly offers: readonly Offer[];
  readonly refusedEarlier: readonly string[];
  readonly drill: DrillDemand;
  readonly accept: AcceptDemand;
}

/** Builds cases from indexes, so that a case costs the same however many there are. */
export class CaseBook {
  readonly #input: GateInput;
  readonly #offers: Offers;
  readonly #judgements = new Map<string, Judgement>();
  readonly #bindings = new Map<string, Binding>();
  readonly #subjects = new Map<string, Set<string>>();
  readonly #artifacts: ReadonlySet<string>;
  readonly #images: ReadonlySet<string>;

  constructor(input: GateInput) {
    this.#input = input;
    this.#offers = new Offers(input);
    this.#artifacts = candidateArtifacts(input.candidate);
    this.#images = imageDigests(input.candidate);
    for (const [control, subjects] of input.expected) this.#subjects.set(control, new Set(subjects));
    for (const judgement of input.judgements) this.#addJudgement(judgement);
    for (const binding of input.bindings ?? []) {
      this.#bindings.set(`${binding.environment} ${keyOf(binding.control, binding.subject)}`, binding);
    }
  }

  /** The cases of a requirement: one a subject, or one without a subject where it has none. */
  of({ control, halves }: Requirement): Case[] {
    const subjects = [...(this.#subjects.get(control.meta.id) ?? [])].sort();
    return (subjects.length === 0 ? [NO_SUBJECT] : subjects).map((subject) => this.#case(control, halves, subject));
  }

  /** Two judgements of one subject: the one that does not pass counts. A judged subject is an expected one. */
  #addJudgement(judgement: Judgement): void {
    const key = keyOf(judgement.control, judgement.subject);
    if ((this.#judgements.get(key)?.outcome ?? 'pass') === 'pass') this.#judgements.set(key, judgement);
    const subjects = this.#subjects.get(judgement.control);
    if (subjects === undefined) this.#subjects.set(judgement.control, new Set([judgement.subject]));
    else subjects.add(judgement.subject);
  }

  #case(control: GateControl, halves: readonly Half[], subject: string): Case {
    const { gate, candidate, at, artifacts } = this.#input;
    const id = control.meta.id;
    const judgement = this.#judgements.get(keyOf(id, subject));
    const maxAge = (half: 'drill' | 'accept') => seconds(gate.maxAge.controls[id] ?? gate.maxAge[half]) * 1000;
    const own = this.#bindings.get(`${gate.environment} ${keyOf(id, subject)}`);
    return {
      control,
      halves,
      subject,
      judgement,
      paramOrigins: judgement?.paramOrigins ?? own?.paramOrigins,
      offers: this.#offers.for(id, subject),
      refusedEarlier: this.#offers.rejectedFor(id, subject).map(({ because }) => because),
      drill: {
        control: id,
        subject,
        environment: gate.environment,
        maxAgeMs: maxAge('drill'),
        at: at.getTime(),
        binding: (environment) => this.#binding(environment, id, subject),
      },
      accept: {
        control,
        subject,
        maxAgeMs: maxAge('accept'),
        at,
        candidate: candidate.digest,
        artifacts: this.#artifacts,
        candidateImages: this.#images,
        images: artifacts?.get(subject) ?? [],
      },
    };
  }

  #binding(environment: string, control: string, subject: string): Binding | undefined {
    const here = this.#input.gate.environment;
    const there = subject === `environment/${here}` ? `environment/${environment}` : subject;
    const judgement = environment === here ? this.#judgements.get(keyOf(control, subject)) : undefined;
    if (judgement !== undefined) return { ...judgement, environment };
    return this.#bindings.get(`${environment} ${keyOf(control, there)}`);
  }
}

/**
 * Digest of everything that persons sign: gate, policy, candidate, demands, every recomputed judgement and every piece of
 * evidence that fits. Ages are left out, so the seal is the same tomorrow; new or drifted evidence makes another one.
 */
export function sealOf(input: GateInput, cases: readonly Case[], demands: unknown): Digest {
  const { gate, trust, candidate } = input;
  const head = canonicalJson({
    gate,
    policy: trust.policy.digest,
    root: trust.root,
    candidate: candidate.digest,
    demands,
  });
  return sha256([head, ...cases.map(sealedCase)].join('\n'));
}

function sealedCase({ control, subject, halves, judgement, offers, drill, accept }: Case): string {
  const parts = [keyOf(control.meta.id, subject), halves.join('+'), control.built.join('+')];
  if (judgement !== undefined) {
    parts.push(judgement.outcome, judgement.input, judgement.params, String(judgement.version));
  }
  if (halves.includes('drill')) parts.push('drill', ...sealedDrills(offers, drill));
  if (halves.includes('accept')) {
    const reports = boundReports(offers, accept).bound.map(({ evidence }) => evidence.digest);
    parts.push('accept', ...reports.sort());
  }
  return parts.join(' ');
}
