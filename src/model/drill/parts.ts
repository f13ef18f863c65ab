/** The processes of the platform. A part is one replica of a service or one server of a store: `api-2`, `postgres`. */
export interface Parts {
  /** All parts that run. */
  readonly all: readonly string[];
  /** Parts that run a service, in order. */
  replicas(service: string): readonly string[];
  /** Parts that run a store of the spec, its primary first. */
  serversOf(store: string): readonly string[];
  /** Whether it answers its own readiness question now. */
  ready(part: string): Promise<boolean>;
  /** Answer of the part's health port: `/livez`, `/readyz`, `/statusz`, `/metrics`. */
  health(part: string, path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Processor time that the part and its children have used so far, seconds. Rejects where it does not run. */
  processorSeconds(part: string): Promise<number>;
  /** The machine that all parts share. Undefined where each has its own. */
  machine(): Promise<MachineUse | undefined>;
  /** Sends SIGSTOP to the part and its children, undone by SIGCONT. */
  freeze(part: string): Promise<void>;
  thaw(part: string): Promise<void>;
  /** Ends it at once by SIGKILL, undone by a start. */
  kill(part: string): Promise<void>;
  /** Starts a part that was killed, and waits until it is ready; milliseconds. */
  start(part: string): Promise<number>;
  /**
   * Ends it in order and starts it again, with other settings where given; milliseconds from the end to readiness. With settings it is
   * undone by a restart without them.
   */
  restart(part: string, settings?: PartSettings): Promise<number>;
}

/** Processors, and the time of all together that was used so far. */
export interface MachineUse {
  readonly processors: number;
  readonly busySeconds: number;
  /** Of it, what neither the platform nor the one who drills it has used: other programs, and other guests of the same host. */
  readonly othersSeconds: number;
}

export interface PartSettings {
  /** Variables beside and instead of its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Parts of the runtime kit to switch off: `drain`, `readiness`. */
  readonly off?: readonly string[];
  /** Share of its answers that are a 500, 0 to 1: a release that is bad. For services alone. */
  readonly failing?: number;
}
