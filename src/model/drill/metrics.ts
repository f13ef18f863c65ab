/** Prometheus of the target. */
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
}
