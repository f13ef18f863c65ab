/** Calls a second of a rate such as `100/s`, `600/m`, `5000/h`. */
export function perSecond(rate: string): number {
  const [amount = '0', unit] = rate.split('/');
  return Number(amount) / (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1);
}

/** Calls of one service to somebody else, at their most. */
export interface Calls {
  readonly service: string;
  readonly rate: string;
  readonly per: 'service' | 'replica';
  /** Replicas at the most, surge included; needed for a rate of each replica. */
  readonly replicas?: number;
}

/** The burst of a service; undefined where it grows with replicas that are not known. */
export function burstOf({ rate, per, replicas }: Calls): number | undefined {
  if (per === 'service') return perSecond(rate);
  return replicas === undefined ? undefined : replicas * perSecond(rate);
}
