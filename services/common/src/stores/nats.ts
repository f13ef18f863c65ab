/** NATS by the workload's certificate and an NKey whose seed may be rotated under way. */
import { rotatingNats, type RotatingNats } from '@launchgate/runtime/secrets';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import type { NatsVariables, ServiceVariables } from '../config/index.ts';
import { rotationOf, type StoreContext } from './context.ts';

export type Bus = RotatingNats<NatsConnection>;

export function openNats(
  variables: NatsVariables & Pick<ServiceVariables, 'TLS_CERT_FILE' | 'TLS_KEY_FILE' | 'TLS_CA_FILE'>,
  context: StoreContext,
): Promise<Bus> {
  return rotatingNats({
    connect: (seed) =>
      connect({
        servers: variables.NATS_URL.split(','),
        name: context.service,
        authenticator: nkeyAuthenticator(seed),
        ...(variables.NATS_URL.startsWith('tls://')
          ? {
              tls: {
                caFile: variables.TLS_CA_FILE,
                certFile: variables.TLS_CERT_FILE,
                keyFile: variables.TLS_KEY_FILE,
              },
            }
          : {}),
        timeout: 5000,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        pingInterval: 5000,
        maxPingOut: 2,
        // A seed that is refused for now is tried again: what rotates it may be late.
        ignoreAuthErrorAbort: true,
        reconnectJitter: 500,
      }),
    ...rotationOf(context),
  });
}
