/** What customers write and the platform carries on from there: once it was acknowledged it must not be lost. */
import type { LoadRequest } from './load.ts';

export interface Deeds {
  /** Makes ready for one kind of write, by so many customers (default 1). It is ordinary business of the target, and stays there. */
  prepare(customers?: number): Promise<Deed>;
}

export interface Deed {
  /** To follow a number: `reports of use`. */
  readonly what: string;
  /** One for each customer. May be sent any number of times: each is a write of its own, acknowledged by a 2xx. */
  readonly requests: readonly LoadRequest[];
  /** Header of an acknowledgement that tells the write's id, lower-case. */
  readonly idHeader: string;
  /** How often each write has come to where it leads since it was prepared, by its id; those that have not come are not in it. */
  arrived(): Promise<ReadonlyMap<string, number>>;
}
