/** A lab part as a machine of the segmented network, and what it stands for in the platform. */

export interface SegmentPart {
  readonly name: string;
  /** Its ports by name, as the lab gave them: unique in the lab, so a port alone says whose it is. */
  readonly ports: Readonly<Record<string, number>>;
}

/**
 * Somebody on the platform's network. `pods` are those of a service or store of the spec; `subnet` an address of a tier; `internet` a public
 * address; `node` the host of the pod at the other end, which every policy lets through, and which asks health pages only.
 */
export type Role =
  | { readonly kind: 'pods'; readonly subject: string }
  | { readonly kind: 'subnet'; readonly tier: 'public' | 'data' | 'gpu' }
  | { readonly kind: 'internet' }
  | { readonly kind: 'node' };

/** Where a port of the lab is on the platform: whose it is, and which port there, by number or by the container's name for it. */
export interface Place {
  readonly role: Role;
  readonly port: number | string;
}

export interface PartRoles {
  /** As whom it connects, best first. */
  readonly sends: readonly Role[];
  /** By port of the lab; best first. A port without a place is reached by the lab itself alone. */
  readonly receives: Readonly<Record<string, readonly Place[]>>;
}

/** How a connection of one part to a port of another looks between them. */
export interface Passage {
  readonly from: string;
  readonly to: string;
  /** The port of the lab, on loopback at both ends. */
  readonly labPort: number;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  /** It comes from the node of the receiver, which no policy stops. */
  readonly asNode: boolean;
  /** What the proof says of it. */
  readonly verdict: 'allowed' | 'denied' | 'unknown';
}
