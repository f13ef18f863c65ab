import type { AcceptableEvidence } from '../model/control.ts';
import type { Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { planFacts, PREDICATE, type ScanPredicate } from '../model/evidence.ts';
import { newestByTool } from '../model/newest-by-tool.ts';
import type { Result } from '../model/result.ts';
import { ageInWords, type HalfState } from './half-state.ts';
import type { GateControl } from './input.ts';
import { aboutDigests, type Offer } from './offers.ts';

/** What a report must be about to count for a subject, and how old it may be. */
export interface AcceptDemand {
  readonly control: GateControl;
  readonly subject: string;
  readonly maxAgeMs: number;
  readonly at: Date;
  readonly candidate: Digest;
  /** Digests of the candidate: itself, platform, images, commits. */
  readonly artifacts: ReadonlySet<string>;
  readonly candidateImages: ReadonlySet<string>;
  /** Images that the subject runs, where known: digests, or the reference of one that is not pinned. */
  readonly images: readonly string[];
}

/** Reports that are of this candidate and subject, whatever their age, with why the others are not. */
export function boundReports(
  offers: readonly Offer[],
  demand: AcceptDemand,
): { readonly bound: readonly Offer[]; readonly refused: readonly string[] } {
  const bound: Offer[] = [];
  const refused: string[] = [];
  for (const offer of offers) {
    if (offer.isDrill) continue;
    const because = offer.refused ?? foreign(offer, demand);
    if (because === undefined) bound.push(offer);
    else refused.push(because);
  }
  return { bound, refused };
}

/** Judges evidence from outside by the control's own accept, shown only what is fresh, of this candidate and not refused. */
export function acceptHalf(
  offers: readonly Offer[],
  signOffs: readonly AcceptableEvidence[],
  refusedEarlier: readonly string[],
  demand: AcceptDemand,
): HalfState {
  const { control, subject, maxAgeMs, at } = demand;
  const { bound, refused } = boundReports(offers, demand);
  const fresh = bound.filter((offer) => at.getTime() - offer.at <= maxAgeMs);
  const evidence = [...fresh.map(({ evidence: { digest } }) => digest), ...signOffs.map(({ digest }) => digest)];
  const base = { half: 'accept' as const, evidence };
  const next = `Add fresh evidence for ${control.meta.id} with "launchgate evidence add".`;
  const [newestStale] = bound;
  if (evidence.length === 0 && newestStale !== undefined) {
    const age = ageInWords(at.getTime() - newestStale.at);
    const because = `its evidence is ${age} old, at most ${ageInWords(maxAgeMs)} are allowed`;
    return { ...base, state: 'stale', because, next, evidence: [newestStale.evidence.digest] };
  }
  if (evidence.length === 0) {
    const why = refused[0] ?? refusedEarlier[0];
    const because = why === undefined ? `no evidence for ${subject} is on record` : `its evidence is refused: ${why}`;
    return { ...base, state: 'missing', because, next };
  }
  const uncovered = uncoveredImage(fresh, demand);
  if (uncovered !== undefined) {
    return { ...base, state: 'missing', because: `image ${uncovered} of ${subject} was not scanned`, next };
  }
  const oldest = Math.min(...fresh.map((offer) => offer.at));
  const expires = Number.isFinite(oldest) ? { expires: oldest + maxAgeMs } : {};
  const judged = fromResult(judge(demand, [...fresh.map(acceptable), ...signOffs]), next);
  const because = judged.state === 'satisfied' ? `${judged.because}${agedOut(bound, fresh)}` : judged.because;
  return { ...judged, because, ...base, ...expires };
}

/** Names the scanners whose last report is too old to count: nobody has asked them since, and what they found is not gone by that. */
function agedOut(bound: readonly Offer[], fresh: readonly Offer[]): string {
  const scans = bound.filter(({ evidence }) => evidence.statement.predicateType === PREDICATE.scan);
  const counted = new Set<Digest>(fresh.map(({ evidence }) => evidence.digest));
  const old = newestByTool(scans.map(acceptable)).filter(({ digest }) => !counted.has(digest));
  const tools = new Set(old.map(({ predicate }) => String((predicate as Partial<ScanPredicate>).tool?.name)));
  return [...tools]
    .sort()
    .map((tool) => `; the last report of ${tool} is too old to count`)
    .join('');
}

/** Why a report is of something else. Scans must name a digest or commit of the candidate, plans a commit; all bindings that are claimed must hold. */
function foreign(offer: Offer, { candidate, artifacts, candidateImages, images }: AcceptDemand): string | undefined {
  const claimed = offer.scope.binds?.candidate;
  if (claimed !== undefined && claimed !== candidate) return `it was made for another candidate, ${claimed}`;
  const type = offer.evidence.statement.predicateType;
  if (type === PREDICATE.attachment && (offer.scope as { size?: unknown }).size === 0) return 'the document is empty';
  const isPlan = type === PREDICATE.attachment && planFacts(offer.scope) !== undefined;
  if (type !== PREDICATE.scan && type !== PREDICATE.testResult && !isPlan) return undefined;
  // The file itself is a subject of a plan, and an image stays the same over many.
  const about = aboutDigests(offer).filter((one) => !isPlan || !one.startsWith('sha256:'));
  if (!about.some((digest) => artifacts.has(digest))) {
    const what = isPlan ? 'commit' : 'image or commit';
    return about[0] === undefined
      ? `it names no ${what} that it is about`
      : `it is about ${about[0]}, which is no ${what} of this candidate`;
  }
  const others = new Set<string>(candidateImages.difference(new Set<string>(images)));
  const own = about.some((digest) => artifacts.has(digest) && !others.has(digest));
  return images.length > 0 && !own ? 'it is about an image that the subject does not run' : undefined;
}

/** Where one image of a subject was scanned, all must be. Of one that is not pinned nobody can tell what was. */
function uncoveredImage(fresh: readonly Offer[], { images }: AcceptDemand): string | undefined {
  const about = new Set(fresh.flatMap(aboutDigests));
  if (!images.some((image) => about.has(image))) return undefined;
  return images.find((image) => !about.has(image));
}

function acceptable(offer: Offer): AcceptableEvidence {
  const { digest, statement } = offer.evidence;
  return {
    digest,
    predicateType: statement.predicateType,
    predicate: statement.predicate,
    subjects: aboutDigests(offer).filter((about): about is Digest => about.startsWith('sha256:')),
    at: new Date(offer.at),
  };
}

function judge({ control, subject, at }: AcceptDemand, evidence: readonly AcceptableEvidence[]): Result {
  if (control.accept === undefined) return { outcome: 'inconclusive', because: 'nothing can judge this evidence' };
  try {
    return control.accept(subject, evidence, at);
  } catch (cause) {
    return { outcome: 'error', cause };
  }
}

function fromResult(result: Result, next: string): Pick<HalfState, 'state' | 'because' | 'next'> {
  switch (result.outcome) {
    case 'pass':
      return { state: 'satisfied', because: result.witness.summary, next: '' };
    case 'fail': {
      const [first, ...more] = result.findings;
      const because = `${first.message}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
      return { state: 'failed', because, next: first.remediation };
    }
    case 'inconclusive':
      return { state: 'inconclusive', because: result.because, next };
    case 'error': {
      const { cause } = result;
      const isTold = cause instanceof LaunchgateError;
      const because = `its evidence could not be judged: ${isTold ? cause.message : String(cause)}`;
      return { state: 'error', because, next: (isTold ? cause.next : undefined) ?? next };
    }
  }
}
