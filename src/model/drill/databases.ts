/** The stores of the platform, spoken to as one of its roles or, by default, as the operator. */
export interface Databases {
  sql(store: string, as?: string): Promise<Sql>;
  redis(store: string, as?: string): Promise<RedisConnection>;
}

export interface Sql {
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

export interface RedisConnection {
  /** One command; rejects with the server's error as message (`NOPERM …`). */
  call(command: string, ...args: readonly (string | number)[]): Promise<unknown>;
  close(): Promise<void>;
}
