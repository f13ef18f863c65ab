/** Prometheus and Alertmanager of the target. */
export interface Metrics {
  /** An instant query: one entry for each series. */
  query(
    promql: string,
  ): Promise<readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]>;
  /** Alerts that are pending or firing now. */
  alerts(): Promise<
    readonly {
      readonly name: string;
      readonly state: 'pending' | 'firing';
      readonly labels: Readonly<Record<string, string>>;
      readonly activeAt: string;
    }[]
  >;
  /** The rules as Prometheus has them loaded. */
  rules(): Promise<readonly LoadedRule[]>;
  /** Whom its Alertmanager tells of an alert with these labels (and those that Prometheus adds to all), by the routing that it has loaded. */
  routes(labels: Readonly<Record<string, string>>): Promise<readonly TakenRoute[]>;
  /** Alerts as Alertmanager has them. */
  routed(): Promise<readonly RoutedAlert[]>;
  /** The parts that run each of the two. */
  readonly servers: { readonly prometheus: readonly string[]; readonly alertmanager: readonly string[] };
  /** Rules and routing at another speed until the end of the run. */
  hurry(pace: Pace): Promise<void>;
  /** Evaluates the loaded rules on series that are made up, with Prometheus's own rule engine in simulated time (`promtool test rules`). */
  simulate(simulation: Simulation): Promise<SimulatedAlerts>;
  /**
   * Starts a Prometheus and an Alertmanager of the drill's own beside the target's. They have the rules and the routes that the target's have
   * loaded, at another speed, and page the same pager; their one source of series is the drill. Ended with the run.
   */
  twin(options: TwinOptions): Promise<MonitoringTwin>;
}

export interface LoadedRule {
  readonly kind: 'alert' | 'record';
  readonly name: string;
  readonly group: string;
  readonly expr: string;
  /** `for`, seconds. */
  readonly holdSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Why its last evaluation failed. */
  readonly error?: string;
}

export interface TakenRoute {
  readonly receiver: string;
  /** Seconds. */
  readonly groupWait: number;
  readonly groupInterval: number;
}

/** How much faster monitoring goes than it is written. */
export interface Pace {
  /** Windows, offsets, `for` and the waits of Alertmanager are divided by this. */
  readonly faster: number;
  /** Whole seconds between two scrapes, and between two evaluations. */
  readonly intervalSeconds: number;
}

/** One run of simulated time. It is sampled and evaluated at every step. */
export interface Simulation {
  readonly stepSeconds: number;
  readonly steps: number;
  readonly series: readonly SimulatedSeries[];
  /** Alerts that are watched. */
  readonly alerts: readonly string[];
}

/** In the notation of promtool. */
export interface SimulatedSeries {
  /** `up{job="api"}` */
  readonly series: string;
  /** `0+10x100 1000+0x20` */
  readonly values: string;
}

/** Seconds of simulated time at which each alert was firing, ascending; an alert that never fired has none. */
export type SimulatedAlerts = ReadonlyMap<string, readonly number[]>;

export interface TwinOptions extends Pace {
  /** What was there before: back-filled as blocks that end now, and served from then on. */
  readonly history: readonly HistorySeries[];
  /** Seconds that the history reaches back, as fast as the rules are. */
  readonly historySeconds: number;
}

/** A series that goes on as it always has. */
export interface HistorySeries extends InjectedSeries {}

export interface InjectedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly shape: Shape;
}

/**
 * How a series goes on. `level`: stays there. `rate`: rises by so many a second, from where it is. `age`: a Unix time, so many seconds before
 * every scrape (negative: after it). `slope`: rises or falls by so many a second from `from`.
 */
export type Shape =
  | { readonly kind: 'level'; readonly value: number }
  | { readonly kind: 'rate'; readonly perSecond: number }
  | { readonly kind: 'age'; readonly seconds: number }
  | { readonly kind: 'slope'; readonly from: number; readonly perSecond: number };

export interface MonitoringTwin {
  /** Label that every page of the twin carries, and none of the target's. */
  readonly mark: { readonly name: string; readonly value: string };
  /** Replaces all series from the next scrape on; one that is left out is gone. Milliseconds of the pager's clock. */
  inject(series: readonly InjectedSeries[]): Promise<number>;
  /** As `Metrics.alerts`. */
  alerts(): ReturnType<Metrics['alerts']>;
  rules(): ReturnType<Metrics['rules']>;
  routed(): ReturnType<Metrics['routed']>;
  routes(labels: Readonly<Record<string, string>>): ReturnType<Metrics['routes']>;
  /** Evaluations of rules that it has left out so far, since it had no time for them. */
  missed(): Promise<number>;
  close(): Promise<void>;
}

/** An alert in Alertmanager: who would be told, and what keeps it quiet. */
export interface RoutedAlert {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly string[];
  /** Names of the alerts that inhibit it. */
  readonly inhibitedBy: readonly string[];
  readonly silenced: boolean;
}
