/**
 * Against "all replicas failing": when a database that everybody shares is down, readiness that follows it takes every replica
 * out, and a site that could have answered half its routes answers none. A replica cannot know by itself whether the
 * fault is its own. So before it goes, it asks the others, and goes only if most of them are better off.
 */

/** What one other replica says of itself. */
export interface PeerReport {
  /** Names of dependencies whose newest check failed there; those it does not watch are in neither list. */
  readonly failing: readonly string[];
  readonly working: readonly string[];
}

export interface PeerAnswers {
  /** Other replicas that there are. */
  readonly listed: number;
  /** Of them, those that answered. */
  readonly reports: readonly PeerReport[];
}

/** Where the other replicas are asked. Rejects when it cannot be told whether there are any. */
export interface PeerSource {
  ask(signal: AbortSignal): Promise<PeerAnswers>;
}

export interface DamperVerdict {
  readonly serve: boolean;
  /** How it knows. */
  readonly because: string;
  /** False where the other replicas said nothing, and it is concluded from that. */
  readonly told: boolean;
  readonly at: Date;
}

/**
 * - No other replica exists: serve. There is nobody to leave the work to.
 * - Others exist and none answers, or they cannot be listed: do not serve. This replica is cut off, as far as anyone can tell.
 * - Half or more of those that watch it see the fault, too: serve, without what needs it.
 * - Most of them work: do not serve, the fault is here.
 */
export function judgePeers(dependency: string, { listed, reports }: PeerAnswers): Omit<DamperVerdict, 'at'> {
  if (listed === 0) return { serve: true, told: true, because: 'no other replica exists' };
  const failing = reports.filter((report) => report.failing.includes(dependency)).length;
  const asked = failing + reports.filter((report) => report.working.includes(dependency)).length;
  if (asked === 0) return { serve: false, told: false, because: `none of ${listed} other replicas could tell` };
  const serve = failing * 2 >= asked;
  return {
    serve,
    told: true,
    because: `${failing} of ${asked} other replicas that answered see the same (${listed} exist)`,
  };
}

/** Milliseconds for all peers together. */
const PATIENCE = 2_000;

/**
 * Keeps a verdict while the dependency is down. To go although others see the same would be the very fault this is against, so it
 * takes `failures` answers in a row to take back a `serve`, or to go because nobody answers.
 */
export class Damper {
  readonly #peers: PeerSource;
  readonly #patience: number;
  #verdict: DamperVerdict | undefined;
  #doubts = 0;
  /** Counts the times that it was up again: what was asked before says nothing of the next outage. */
  #outage = 0;
  #flight: Promise<void> | undefined;

  /** `failures`: doubts in a row that it takes. */
  constructor(peers: PeerSource, failures: number) {
    this.#peers = peers;
    this.#patience = failures;
  }

  get verdict(): DamperVerdict | undefined {
    return this.#verdict;
  }

  /** One question at a time; answers within two seconds, and never rejects. */
  ask(dependency: string): Promise<void> {
    this.#flight ??= this.#judge(dependency).finally(() => (this.#flight = undefined));
    return this.#flight;
  }

  async #judge(dependency: string): Promise<void> {
    const outage = this.#outage;
    const next = await this.#ask(dependency);
    if (outage !== this.#outage) return;
    const doubtful = !next.serve && (this.#verdict?.serve === true || !next.told);
    this.#doubts = doubtful ? this.#doubts + 1 : 0;
    // Replicas see a recovery some seconds apart, and one answer may be lost.
    if (!doubtful || this.#doubts >= this.#patience) this.#verdict = { ...next, at: new Date() };
  }

  /** It is up again. */
  reset(): void {
    this.#verdict = undefined;
    this.#doubts = 0;
    this.#outage += 1;
  }

  async #ask(dependency: string): Promise<Omit<DamperVerdict, 'at'>> {
    const deadline = AbortSignal.timeout(PATIENCE);
    const late = new Promise<never>((_, reject) => deadline.addEventListener('abort', () => reject(new Error('late'))));
    try {
      return judgePeers(dependency, await Promise.race([this.#peers.ask(deadline), late]));
    } catch {
      return { serve: false, told: false, because: 'the other replicas could not be listed' };
    }
  }
}
