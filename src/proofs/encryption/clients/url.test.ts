import { describe, expect, it } from 'vitest';
import { careOfMode, readAddress } from './url.ts';

describe('connection strings', () => {
  it.each([
    ['postgres://u:p@db.shop.svc:5432/app', 'opportunistic', 'db.shop.svc:5432'],
    ['postgresql://u:p%40x@db/app?sslmode=verify-full', 'verified', 'db:5432'],
    ['postgres://db/app?sslmode=require', 'encrypted', 'db:5432'],
    ['postgres://db/app?sslmode=require&sslrootcert=/ca.crt', 'chain', 'db:5432'],
    ['postgres://a:1,b:2/app?sslmode=disable', 'plaintext', 'a:1 b:2'],
    ['postgresql+asyncpg://db/app?sslmode=verify-ca', 'chain', 'db:5432'],
    ['jdbc:postgresql://db:5433/app?ssl=true', 'verified', 'db:5433'],
    ['host=db port=5433 sslmode=verify-full dbname=x', 'verified', 'db:5433'],
    ["host=/var/run dbname='x y'", 'opportunistic', ''],
    ['user=a host=db', 'opportunistic', 'db:5432'],
    ['mysql://db/app', 'plaintext', 'db:3306'],
    ['mysql://db/app?ssl-mode=VERIFY_IDENTITY', 'verified', 'db:3306'],
    ['jdbc:mysql://db:3306/app', 'opportunistic', 'db:3306'],
    ['jdbc:mysql://db/app?useSSL=true&requireSSL=true', 'encrypted', 'db:3306'],
    ['jdbc:mysql://db/app?useSSL=true&requireSSL=true&verifyServerCertificate=true', 'chain', 'db:3306'],
    ['jdbc:mysql://db/app?useSSL=false', 'plaintext', 'db:3306'],
    ['app:pw@tcp(db:3307)/shop?parseTime=true&tls=skip-verify', 'encrypted', 'db:3307'],
    ['redis://cache:6379/0', 'plaintext', 'cache:6379'],
    ['rediss://:pw@cache', 'verified', 'cache:6379'],
    ['rediss://cache?ssl_cert_reqs=none', 'encrypted', 'cache:6379'],
    ['nats://nats:4222', 'opportunistic', 'nats:4222'],
    ['tls://a:4222,b:4222', 'verified', 'a:4222 b:4222'],
    ['mongodb://m/app', 'plaintext', 'm:27017'],
    ['mongodb+srv://m/app', 'verified', 'm:27017'],
    ['mongodb://m/app?tls=true&tlsInsecure=true', 'encrypted', 'm:27017'],
    ['https://[fd00::1]:8443/x', 'verified', 'fd00::1:8443'],
    ['http://api', 'plaintext', 'api:80'],
  ])('%s is %s', (text, care, hosts) => {
    const address = readAddress(text);
    expect(address?.care).toBe(care);
    expect(address?.hosts.map(({ host, port }) => `${host}:${port}`).join(' ')).toBe(hosts);
  });

  it.each(['hello', 'api.shop.svc:80', 's3://bucket/key', '', 'a'.repeat(10_000)])('%.20s is none', (text) => {
    expect(readAddress(text)).toBeUndefined();
  });

  it.each([
    ['verify-full', 'verified'],
    ['REQUIRED', 'encrypted'],
    ['true', 'verified'],
    ['false', 'plaintext'],
    ['SASL_SSL', 'verified'],
    ['PLAINTEXT', 'plaintext'],
    ['grpc', undefined],
  ])('the word %s means %s', (word, care) => {
    expect(careOfMode(word)).toBe(care);
  });
});
