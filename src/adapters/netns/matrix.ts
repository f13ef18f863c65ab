import type { Attempt, Machine } from './types.ts';

/** A connection between two machines: by id from one, to an address of the other. */
export interface Trial extends Attempt {
  readonly from: string;
  readonly to: string;
}

/** The whole matrix: from every machine to each address and listener of every other one, on families that both have. */
export function everyPair(machines: readonly Machine[]): Trial[] {
  return machines.flatMap((from) =>
    machines.flatMap((to) => {
      if (from.id === to.id) return [];
      const shared = to.addresses.filter((address) => from.addresses.some((own) => isV6(own) === isV6(address)));
      return shared.flatMap((address) =>
        to.listens.map((listener) => ({ from: from.id, to: to.id, address, ...listener })),
      );
    }),
  );
}

export function isV6(address: string): boolean {
  return address.includes(':');
}
