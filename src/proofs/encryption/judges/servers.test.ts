import { describe, expect, it } from 'vitest';
import type { Directive } from '../../../model/document.ts';
import { judgeKafka } from './kafka.ts';
import { natsAt, readNatsConf } from './nats-conf.ts';
import { judgeNats } from './nats.ts';
import { judgePostgres } from './postgres.ts';
import { judgeRedis } from './redis.ts';

const origin = { path: 'x' };

describe('PostgreSQL', () => {
  const record = (text: string): Directive => {
    const [name = '', ...args] = text.split(/\s+/);
    return { name, args, origin };
  };
  const judge = (lines: readonly string[], ssl = 'on', more = {}) =>
    judgePostgres({
      settings: { ssl: { value: ssl, origin }, ...more },
      hba: { records: lines.map(record), file: 'pg_hba.conf' },
      origin,
    })[0];

  it.each([
    [['host all all 0.0.0.0/0 md5'], 'accepted', 'unknown'],
    [['hostssl all all 0.0.0.0/0 md5'], 'refused', 'optional'],
    [['hostssl all all 0.0.0.0/0 md5 clientcert=verify-full'], 'refused', 'required'],
    [['hostssl all all all cert', 'host all all all reject'], 'refused', 'required'],
    [['hostnossl all all all reject', 'host all all all scram-sha-256'], 'refused', 'optional'],
    [['hostnossl all all 0.0.0.0/0 reject', 'host all all all scram-sha-256'], 'accepted', 'unknown'],
    [['hostnossl all all all reject', 'host replication all all md5'], 'accepted', 'unknown'],
    [['host all all all scram-sha-256', 'hostnossl all all all reject'], 'accepted', 'unknown'],
    [['hostnossl all +staff all reject', 'host all api all md5'], 'unknown', 'unknown'],
    [['host all all samenet md5'], 'unknown', 'unknown'],
    [['host all all db.example.com md5'], 'unknown', 'unknown'],
  ])('%j: plaintext %s', (lines, plaintext, certificate) => {
    expect(judge(lines)).toMatchObject({ plaintext, certificate });
  });

  it('says which connection comes in', () => {
    const door = judge(['hostssl all all all md5', 'host shop api 10.0.0.0/8 trust']);
    expect(door?.steps?.map(({ action }) => action)).toEqual([
      'api connects from 10.0.0.0 to shop without TLS',
      'the server reads "host shop api 10.0.0.0/8 trust"',
    ]);
  });

  it('cannot tell what hostssl lines mean while ssl is off', () => {
    expect(judge(['hostssl all all all md5'], 'off')?.plaintext).toBe('unknown');
  });

  it('has no door where nobody listens', () => {
    expect(
      judge(['host all all all trust'], 'off', { listen_addresses: { value: 'localhost', origin } })?.plaintext,
    ).toBe('refused');
  });

  it('refuses old protocols', () => {
    const doors = judgePostgres({
      settings: { ssl: { value: 'on', origin }, ssl_min_protocol_version: { value: 'TLSv1', origin } },
      hba: { records: [record('hostssl all all all md5')], file: 'f' },
      origin,
    });
    expect(doors[1]?.because).toContain('RFC 8996');
  });

  it('gives up on a file that would take for ever, and says so', () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      record(`hostnossl db${index} user${index} 10.${index % 250}.0.0/16 reject`),
    );
    const door = judgePostgres({
      settings: {},
      hba: { records: [...many, record('host all all 10.0.0.0/8 samenet')], file: 'f' },
      origin,
    })[0];
    expect(['unknown', 'accepted']).toContain(door?.plaintext);
  });
});

describe('Redis', () => {
  const judge = (text: string) =>
    judgeRedis({
      directives: text
        .split('\n')
        .filter(Boolean)
        .map((line) => {
          const [name = '', ...args] = line.trim().split(/\s+/);
          return { name, args, origin };
        }),
      program: 'redis',
      origin,
    }).map(({ plaintext, certificate }) => `${plaintext} ${certificate}`);

  it.each([
    ['', ['accepted unknown']],
    ['port 0\ntls-port 6380', ['refused required']],
    ['tls-port 6380', ['accepted unknown']],
    ['port 0\ntls-port 6380\ntls-auth-clients no', ['refused optional']],
    ['port 0\ntls-port 6380\ntls-auth-clients optional', ['refused optional']],
    ['port 0\ntls-port 6380\nport 6379', ['accepted unknown']],
    ['port 0\ntls-port 6380\ninclude /x', ['unknown unknown']],
    ['include /x\nport 0\ntls-port 6380\ntls-auth-clients yes', ['refused required']],
    ['port 0\ntls-port 6380\nreplicaof a 6380', ['refused required', 'accepted unknown']],
    ['port 0\ntls-port 6380\nreplicaof a 6380\ntls-replication yes', ['refused required', 'refused unknown']],
    ['port 0\ntls-port 6380\ncluster-enabled yes', ['refused required', 'accepted unknown']],
  ])('%j', (text, doors) => {
    expect(judge(text)).toEqual(doors);
  });
});

describe('NATS', () => {
  const judge = (text: string, flags: string[] = []) =>
    judgeNats({ file: readNatsConf(text), flags, origin }).map(
      ({ name, plaintext, certificate }) => `${name}: ${plaintext} ${certificate}`,
    );

  it.each([
    ['port: 4222', ['clients of NATS: accepted unknown']],
    ['tls { cert_file: "/a", verify: true }', ['clients of NATS: refused required']],
    ['tls: { cert_file = /a }', ['clients of NATS: refused optional']],
    ['tls { verify_and_map: true }\nallow_non_tls: true', ['clients of NATS: accepted unknown']],
    [
      'tls {}\ncluster { listen: 0.0.0.0:6222, routes = [nats://a:6222] }',
      ['clients of NATS: refused optional', 'routes of NATS: accepted unknown'],
    ],
    [
      'tls {}\ncluster { port: 6222\n tls { cert_file: /a } }',
      ['clients of NATS: refused optional', 'routes of NATS: refused required'],
    ],
    ['tls {}\nleafnodes { remotes = [ { url: "tls://x" } ] }', ['clients of NATS: refused optional']],
    [
      'tls {}\nwebsocket { port: 8080, no_tls: true }',
      ['clients of NATS: refused optional', 'websockets of NATS: accepted unknown'],
    ],
    ['tls {}\nhttp_port: 8222', ['clients of NATS: refused optional', 'the monitoring page of NATS: accepted unknown']],
    ['tls {}\nhttp: localhost:8222', ['clients of NATS: refused optional']],
    ["include './tls.conf'\nport: 4222", ['clients of NATS: unknown unknown']],
  ])('%j', (text, doors) => {
    expect(judge(text)).toEqual(doors);
  });

  it('reads what people write', () => {
    const { root, problems } = readNatsConf(
      '# c\na = "x y" // c\nb: {c d, e: [1, \'two\', {f: no}]}\ng (\n block {\n)\nmax: 1GB\n$v = 3; b2: $v',
    );
    expect(problems).toEqual([]);
    expect(natsAt(root, 'a')).toEqual({ value: 'x y', line: 2 });
    expect(natsAt(root, 'b', 'c')?.value).toBe('d');
    expect(natsAt(root, 'b', 'e')?.value).toMatchObject([1, 'two', { entries: { f: { value: false } } }]);
    expect(natsAt(root, 'max')).toEqual({ value: '1GB', line: 7 });
  });

  it('survives hostile text', () => {
    for (const text of [
      '{'.repeat(100_000),
      '['.repeat(100_000),
      '}'.repeat(1000),
      'a: "',
      'a {',
      '='.repeat(1000),
      'a: ('.repeat(500),
      '"'.repeat(99),
    ])
      expect(() => readNatsConf(text)).not.toThrow();
  });
});

describe('Kafka', () => {
  const judge = (settings: Record<string, string>) =>
    judgeKafka({
      settings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, { value, origin }])),
      complete: true,
      origin,
    }).map(({ name, plaintext, role }) => `${name} ${role} ${plaintext}`);

  it('knows listeners by name and by map', () => {
    expect(judge({})).toEqual(['listener PLAINTEXT of Kafka clients accepted']);
    expect(judge({ listeners: 'SSL://:9093' })).toEqual(['listener SSL of Kafka clients refused']);
    expect(
      judge({
        listeners: 'CLIENT://:9092,BROKER://:9091',
        'listener.security.protocol.map': 'CLIENT:SASL_SSL,BROKER:PLAINTEXT',
        'inter.broker.listener.name': 'BROKER',
      }),
    ).toEqual(['listener CLIENT of Kafka clients refused', 'listener BROKER of Kafka members accepted']);
  });
});
