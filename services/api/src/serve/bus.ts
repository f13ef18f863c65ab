/** NATS, connected in the background for as long as it takes, and then followed through the rotations of its key; the outbox waits meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@launchgate/runtime/logging';
import { openNats, type Bus, type StoreContext } from '@launchgate/service-common/stores';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ServeConfig } from '../config/serve.ts';

export interface ApiBus {
  /** As it is now: take it for each message. Undefined before the first. */
  connection(): NatsConnection | undefined;
  /** Called with each connection, the first one, too. */
  follow(listener: (connection: NatsConnection) => void): void;
  close(): Promise<void>;
}

/** Milliseconds between tries. */
const RETRY = 1000;

export function openBus(config: ServeConfig, context: StoreContext, log: Logger): ApiBus {
  const listeners: ((connection: NatsConnection) => void)[] = [];
  const closing = new AbortController();
  let bus: Bus | undefined;
  const tell = (connection: NatsConnection) => {
    for (const listener of listeners) listener(connection);
  };

  async function connect(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        bus = await openNats(config, context);
        bus.subscribe(tell);
        return tell(bus.connection);
      } catch (error) {
        log.warn({ err: error, store: 'nats' }, 'a store complains');
        await sleep(RETRY, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }
  const connecting = connect();
  return {
    connection: () => bus?.connection,
    follow(listener) {
      listeners.push(listener);
      if (bus !== undefined) listener(bus.connection);
    },
    async close() {
      closing.abort();
      await connecting;
      await bus?.close();
    },
  };
}
