import type { Matcher } from './matcher.ts';
import type { Ask } from './route.ts';
import type { Domain } from './values.ts';

/** What labels an alert may carry: for each label the values that stand for all it can have. */
export interface SymbolicLabels {
  domainOf(name: string): Domain;
}

export interface Outcome<T> {
  readonly result: T;
  /** One value of each label that was asked for and is not fixed: an alert with them goes this way. */
  readonly witness: Readonly<Record<string, string>>;
  /** False where the way rests on something that could not be worked out: it may or may not be taken. */
  readonly proven: boolean;
}

export interface Exploration<T> {
  readonly outcomes: readonly Outcome<T>[];
  /** False where the ways were too many to look at them all. */
  readonly complete: boolean;
}

const MOST_WAYS = 4000;

/**
 * Runs a question once for every way in which its matchers can be answered together: each answer narrows the values that are left for
 * its label, so that contradictory answers are never combined. The question itself is the code that routes concrete alerts.
 */
export function explore<T>(
  labels: SymbolicLabels,
  question: (ask: Ask) => T,
  enough: (outcome: Outcome<T>) => boolean = () => false,
): Exploration<T> {
  const outcomes: Outcome<T>[] = [];
  const open: boolean[][] = [[]];
  for (let ways = 0; ways < MOST_WAYS; ways += 1) {
    const answers = open.pop();
    if (answers === undefined) return { outcomes, complete: true };
    const way = new Way(labels, answers, (alternative) => open.push(alternative));
    const result = question((matcher, preferred) => way.ask(matcher, preferred));
    const outcome = { result, witness: way.witness(), proven: way.proven };
    outcomes.push(outcome);
    if (enough(outcome)) return { outcomes, complete: true };
  }
  return { outcomes, complete: open.length === 0 };
}

/** What is still possible of a label, and of that, what all answers so far were worked out for. */
interface Left {
  readonly domain: Domain;
  readonly possible: bigint;
  readonly sure: bigint;
}

/** One run: the answers it was given, then the preferred one where both are possible, leaving the other for later. */
class Way {
  readonly #labels: SymbolicLabels;
  readonly #answers: boolean[];
  readonly #postpone: (answers: boolean[]) => void;
  readonly #left = new Map<string, Left>();
  #asked = 0;

  constructor(labels: SymbolicLabels, answers: readonly boolean[], postpone: (answers: boolean[]) => void) {
    this.#labels = labels;
    this.#answers = [...answers];
    this.#postpone = postpone;
  }

  ask(matcher: Matcher, preferred = true): boolean {
    const { domain, possible, sure } = this.#left.get(matcher.name) ?? whole(this.#labels.domainOf(matcher.name));
    const { accepted, unknown } = domain.masks(matcher);
    const refused = domain.all & ~(accepted | unknown);
    const [holding, failing] = [possible & (accepted | unknown), possible & (refused | unknown)];
    const answer = this.answer(holding !== 0n, failing !== 0n, preferred);
    this.#left.set(matcher.name, {
      domain,
      possible: answer ? holding : failing,
      sure: sure & (answer ? accepted : refused),
    });
    return answer;
  }

  /** Whether values are known with which every answer is right. */
  get proven(): boolean {
    return [...this.#left.values()].every(({ sure }) => sure !== 0n);
  }

  private answer(mayHold: boolean, mayFail: boolean, preferred: boolean): boolean {
    if (!mayHold || !mayFail) return mayHold;
    const given = this.#answers[this.#asked];
    this.#asked += 1;
    if (given !== undefined) return given;
    this.#postpone([...this.#answers, !preferred]);
    this.#answers.push(preferred);
    return preferred;
  }

  witness(): Record<string, string> {
    const shown = [...this.#left].map(([name, { domain, sure }]) => [name, domain.first(sure)] as const);
    return Object.fromEntries(shown.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
  }
}

function whole(domain: Domain): Left {
  return { domain, possible: domain.all, sure: domain.certain };
}
