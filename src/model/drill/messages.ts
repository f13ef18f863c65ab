/** The broker of the platform, spoken to as one of its users or, by default, as the operator, who looks and takes nothing out. */
export interface Messages {
  connect(store: string, as?: string): Promise<MessageConnection>;
}

export interface MessageConnection {
  /** Resolves once the server has taken it; rejects with the server's refusal. */
  publish(subject: string, payload: string): Promise<void>;
  /** The first answer within `timeoutMs` (default 2,000). */
  request(subject: string, payload: string, timeoutMs?: number): Promise<string>;
  /** Payloads that come on the subject from now on, until it is stopped. Rejects with the server's refusal. */
  listen(subject: string): Promise<Listening>;
  stream(name: string): Promise<StreamNumbers>;
  close(): Promise<void>;
}

export interface Listening {
  readonly received: readonly string[];
  stop(): void;
}

export interface StreamNumbers {
  readonly messages: number;
  readonly bytes: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
}
