/** A service that sends requests to addresses which others word: where it is led, and whether it goes. */
export interface Probes {
  /** An address and port that the service may reach, and that answers. */
  allowed(service: string): { readonly address: string; readonly port: number };
  /** Asks the service to probe the URL, as whoever may ask for one. `reached`: something answered; the rest is one outcome, as for an attacker. */
  send(service: string, url: string): Promise<'reached' | 'not reached'>;
  /**
   * Sets a trap: a listener at loopback that counts who comes, on a port that the service may reach elsewhere, and, where the target can arrange it, a
   * server at an allowed address that redirects, and names that resolve as the drill says. Taken down by `end`, and where the run ends before.
   */
  trap(service: string): Promise<Trap>;
}

export interface Trap {
  /** Port of the listener at 127.0.0.1 and ::1, where nothing else listens. */
  readonly port: number;
  /** Connections that the listener has seen so far, whatever came over them. */
  visits(): number;
  /** A URL at an allowed address that answers with a redirect to `to`. */
  redirectTo(to: string): string;
  /** A name whose first lookup answers the first list of addresses, and each further one the next; the last one stays. */
  name(answers: readonly (readonly string[])[]): string;
  /** How often one of these names was looked up. */
  lookups(name: string): number;
  /** As {@link Probes.send}, by the replica that knows these names and may reach the redirecting server. */
  send(url: string): Promise<'reached' | 'not reached'>;
  /** Nothing listens any more. */
  end(): void;
}
