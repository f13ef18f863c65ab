/** NATS by the workload's certificate and an NKey whose seed may be rotated under way. */
import { followNats, type RotatingNats } from '@launchgate/runtime/secrets';
import { connect } from '@nats-io/transport-node';
import type { NatsVariables, ServiceVariables } from '../config/index.ts';
import type { StoreContext } from './context.ts';

export function openNats(variables: NatsVariables & ServiceVariables, context: StoreContext): Promise<RotatingNats> {
  return followNats({
    secret: context.secret,
    connect: (authenticator) =>
      connect({
        servers: variables.NATS_URL.split(','),
        name: context.service,
        authenticator,
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
      }),
    onAlarm: context.onAlarm,
  });
}
