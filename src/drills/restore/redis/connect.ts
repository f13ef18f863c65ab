import { Redis } from 'ioredis';

const CONNECT_MS = 5000;

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** PEM. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** One connection that is not opened again when it is lost. */
export async function connectRedis(address: RedisAddress | { readonly path: string }) {
  const where =
    'path' in address
      ? { path: address.path }
      : {
          host: address.host,
          port: address.port,
          username: address.user,
          password: address.password,
          tls: address.tls,
        };
  const client = new Redis({
    ...where,
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Errors come with the rejected command as well; without a listener they would be printed.
  client.on('error', () => undefined);
  await client.connect();
  return {
    call: (command: string, ...args: readonly (string | number)[]): Promise<unknown> => client.call(command, ...args),
    close: () => client.disconnect(),
  };
}
