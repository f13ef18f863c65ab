export interface Listener {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/** A connection to try: a byte sent, and the same byte awaited. */
export interface Attempt extends Listener {
  readonly address: string;
}

/** `refused`: an error came back; `silence`: nothing came back in time. */
export type Reached = 'reached' | 'refused' | 'silence';

/** A machine of the network, in a network namespace of its own. */
export interface Machine {
  readonly id: string;
  /** IPv4 and IPv6, at most one of each. */
  readonly addresses: readonly string[];
  readonly listens: readonly Listener[];
}
