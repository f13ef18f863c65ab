/** Real packets between workloads, each on a machine of its own, under the policies that would be deployed. */
export interface Segments {
  /** Builds the network; ended with the run in any case. */
  open(): Promise<PacketNetwork>;
}

export interface PacketNetwork {
  readonly workloads: number;
  /** Every connection that is worth trying: each workload to each port of each other, to one that nobody declares, and to and from outside. */
  readonly passages: readonly Passage[];
  /** What the policies hold that packets cannot show here; with any, the network is not equal to them. */
  readonly unsupported: readonly string[];
  /** Tries them, each from its sender; in the same order. */
  measure(passages: readonly Passage[]): Promise<readonly ('reached' | 'refused' | 'silence')[]>;
  close(): Promise<void>;
}

export interface Passage {
  /** `shop/api[Deployment]`, or `outside/…`. */
  readonly from: string;
  readonly to: string;
  readonly address: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly way: 'within' | 'arriving' | 'leaving';
  /** What the proof says of it. */
  readonly proven: 'allowed' | 'denied' | 'unknown';
}
