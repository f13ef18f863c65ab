/**
 * How many requests at once, found out from latency: when answers take longer than they did over the long run, a queue is building
 * up, and the limit goes down in proportion; else it grows by the square root of itself. The formula is that of `Gradient2Limit`
 * (https://github.com/Netflix/concurrency-limits, described in "Performance Under Load", Netflix Technology Blog, 2018):
 *
 *     gradient = clamp(tolerance * long / short, 0.5, 1)
 *     next     = limit * gradient + sqrt(limit)
 *     limit    = (1 - smoothing) * limit + smoothing * next
 *
 * `short` is the mean latency of one window, `long` its exponential average. An average has a known weakness, which is kept: under
 * an overload that lasts for an hour it takes the slow answers for the normal ones. `maxLimit` bounds what comes of that.
 */

export interface LimitOptions {
  readonly initialLimit?: number;
  readonly minLimit?: number;
  readonly maxLimit?: number;
}

/** How much slower than the long average is still no queue. */
const TOLERANCE = 1.5;
const SMOOTHING = 0.2;
/** Windows of a plain mean before the average becomes an exponential one, and the weight of a window then (over 600 of them). */
const WARM_UP = 10;
const LONG_WEIGHT = 2 / 601;
/** A window closes after this many milliseconds, if it has enough samples. */
const WINDOW = 500;
const FEWEST_SAMPLES = 10;

export class GradientLimit {
  readonly #min: number;
  readonly #max: number;
  #limit: number;
  #long = 0;
  #windows = 0;
  #opened = -Infinity;
  #sum = 0;
  #samples = 0;
  #mostInFlight = 0;

  /** @throws RangeError unless 1 <= minLimit <= initialLimit <= maxLimit. */
  constructor({ initialLimit = 50, minLimit = 10, maxLimit = 1_000 }: LimitOptions = {}) {
    if (!(minLimit >= 1 && minLimit <= initialLimit && initialLimit <= maxLimit))
      throw new RangeError(
        `limits are ${minLimit} (min), ${initialLimit} (initial), ${maxLimit} (max), expected 1 <= min <= initial <= max`,
      );
    this.#limit = initialLimit;
    this.#min = minLimit;
    this.#max = maxLimit;
  }

  /** Requests at once, a whole number. */
  get value(): number {
    return Math.floor(this.#limit);
  }

  /** One answer: its latency and how many were in flight, both when it began; `now` is monotonic, all in milliseconds. */
  sample(latency: number, inFlight: number, now: number): void {
    // What is no time would make every average after it none.
    if (!Number.isFinite(latency)) return;
    if (this.#samples === 0 && this.#opened === -Infinity) this.#opened = now;
    this.#sum += latency;
    this.#samples += 1;
    if (inFlight > this.#mostInFlight) this.#mostInFlight = inFlight;
    if (this.#samples >= FEWEST_SAMPLES && now - this.#opened >= WINDOW) this.#closeWindow(now);
  }

  #closeWindow(now: number): void {
    const short = Math.max(this.#sum / this.#samples, 0.001);
    const busy = this.#mostInFlight;
    this.#opened = now;
    this.#sum = this.#samples = this.#mostInFlight = 0;
    this.#learn(short);
    // A limit that nobody comes near says nothing about itself.
    if (busy < this.#limit / 2) return;
    const gradient = Math.min(1, Math.max(0.5, (TOLERANCE * this.#long) / short));
    const next = this.#limit * gradient + Math.sqrt(this.#limit);
    const smoothed = (1 - SMOOTHING) * this.#limit + SMOOTHING * next;
    this.#limit = Math.min(this.#max, Math.max(this.#min, smoothed));
  }

  /** Comes down faster than it goes up, so that the end of an overload is seen. */
  #learn(short: number): void {
    this.#windows += 1;
    const weight = this.#windows <= WARM_UP ? 1 / this.#windows : LONG_WEIGHT;
    this.#long += (short - this.#long) * weight;
    if (this.#long > 2 * short) this.#long *= 0.95;
  }
}
