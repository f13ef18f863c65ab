/** The platform's emergency access: asked for by one, granted by others, used, and over by itself. */
export interface Emergency {
  /** What stands in for the platform's own path in this target; `undefined`: it is the path itself. */
  readonly standIn?: string;
  /** People who may ask and grant. */
  readonly people: readonly string[];
  /** Asks for access that lives so many seconds from its grant. */
  ask(by: string, reason: string, lifeSeconds: number): Promise<AccessRequest>;
  /** `granted` when the quorum is reached by it; `refused` for who may not: whoever asked, and whoever has approved already. */
  approve(request: AccessRequest, by: string): Promise<'counted' | 'granted' | 'refused'>;
  /** Comes in with what was granted, and reads one harmless thing. */
  use(request: AccessRequest): Promise<'let in' | 'refused'>;
  /** What the platform's audit trail says of it, oldest first, and whether the trail is whole. */
  trail(request: AccessRequest): Promise<{ readonly whole: boolean; readonly entries: readonly TrailEntry[] }>;
}

export interface AccessRequest {
  readonly id: string;
}

export interface TrailEntry {
  readonly at: string;
  readonly actor: string;
  readonly action: 'asked' | 'approved' | 'granted' | 'used' | 'refused';
}
