import type { Origin } from '../../../model/origin.ts';
import type { Door, Setting } from '../types.ts';

/** Settings of a broker by their names in server.properties; environment variables of images already turned into these. */
export interface KafkaConfig {
  readonly settings: Readonly<Record<string, Setting | undefined>>;
  /** False where a part of the configuration is not known here. */
  readonly complete: boolean;
  readonly origin: Origin;
}

/** Protocols that encrypt; the other two, PLAINTEXT and SASL_PLAINTEXT, do not. */
const ENCRYPTED = new Set(['SSL', 'SASL_SSL']);

/**
 * Each listener speaks the protocol that `listener.security.protocol.map` gives its name, else its name is the protocol
 * (Kafka, "Listener Configuration"). Without `listeners` a broker listens on PLAINTEXT://:9092.
 */
export function judgeKafka({ settings, complete, origin }: KafkaConfig): Door[] {
  const listeners = settings['listeners'];
  if (listeners === undefined && !complete)
    return [
      {
        name: 'listeners of Kafka',
        role: 'clients',
        plaintext: 'unknown',
        certificate: 'unknown',
        because: 'its listeners are not written here',
        origin,
        remedy: '',
      },
    ];
  const map = protocolMap(settings['listener.security.protocol.map']?.value);
  const inside = new Set([
    settings['inter.broker.listener.name']?.value ?? settings['security.inter.broker.protocol']?.value ?? '',
    ...(settings['controller.listener.names']?.value ?? '').split(','),
  ]);
  return (listeners?.value ?? 'PLAINTEXT://:9092').split(',').map((text): Door => {
    const [, name = '', host = '', port] = /^\s*([\w-]+):\/\/(.*?)(?::(\d+))?\s*$/.exec(text) ?? [];
    const protocol = map.get(name) ?? name;
    const certificate = settings[`listener.name.${name.toLowerCase()}.ssl.client.auth`] ?? settings['ssl.client.auth'];
    const isEncrypted = ENCRYPTED.has(protocol);
    const isLocal = /^(?:localhost|127\.0\.0\.1)$/.test(host);
    return {
      name: `listener ${name} of Kafka`,
      role: inside.has(name) ? 'members' : 'clients',
      ...(port !== undefined && { port: Number(port) }),
      plaintext:
        isEncrypted || isLocal
          ? 'refused'
          : ENCRYPTED.has(protocol) || protocol.endsWith('PLAINTEXT')
            ? 'accepted'
            : 'unknown',
      certificate: certificate?.value === 'required' ? 'required' : 'optional',
      because: isLocal ? `it listens on ${host} alone` : `its protocol is ${protocol}`,
      origin: listeners?.origin ?? origin,
      remedy: isEncrypted
        ? 'Set ssl.client.auth=required.'
        : `Map ${name} to SSL or SASL_SSL in listener.security.protocol.map.`,
    };
  });
}

function protocolMap(text = ''): Map<string, string> {
  return new Map(
    text
      .split(',')
      .map((pair) => pair.split(':').map((part) => part.trim()))
      .flatMap(([name, protocol]) => (name === undefined || protocol === undefined ? [] : [[name, protocol]])),
  );
}

/** `KAFKA_SSL_CLIENT_AUTH` as images read it: `ssl.client.auth`; Bitnami's begin with `KAFKA_CFG_`. */
export function kafkaSetting(variable: string): string | undefined {
  const name = /^KAFKA_(?:CFG_)?(.+)$/.exec(variable)?.[1];
  return name
    ?.toLowerCase()
    .replaceAll('___', '-')
    .replaceAll('__', '\u0000')
    .replaceAll('_', '.')
    .replaceAll('\u0000', '_');
}
