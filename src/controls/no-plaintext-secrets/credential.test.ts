import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialKind } from './credential.ts';

const key = (head: string, tail: string): string => `${head}${tail}`;

describe('credentialKind', () => {
  it.each([
    ['', key('AKIA', 'IOSFODNN7ABCDEFG'), 'an AWS access key'],
    ['', key('sk_live_', '4eC39HqLyjWDarjtT1zdp7dc'), 'a Stripe live key'],
    ['', key('-----BEGIN EC PRIVATE', ' KEY-----'), 'a private key'],
    ['URL', 'amqp://guest:s3cr3t@mq:5672', 'a connection string with a password'],
    ['DB_PASSWORD', 'correct-horse', 'a credential by its name'],
    ['clientSecret', 'f81d4fae7dec11d0', 'a credential by its name'],
    ['password', 'changeme', 'a default password'],
  ])('%s=%s is %s', (name, value, kind) => {
    expect(credentialKind(name, value)).toBe(kind);
  });

  it.each([
    ['PASSWORD_FILE', '/run/secrets/db'],
    ['TOKEN_TTL', '15m'],
    ['DB_PASSWORD', '${DB_PASSWORD}'],
    ['secretName', 'db-credentials'],
    ['URL', 'https://example.com/a:b@c'],
    ['URL', 'postgres://app@db/orders'],
    ['api_key', 'vault:secret/data/api#key'],
    ['password', ''],
    ['AUTH', 'enabled'],
  ])('%s=%s is none', (name, value) => {
    expect(credentialKind(name, value)).toBeUndefined();
  });

  it('answers for any string', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (name, value) => void credentialKind(name, value)));
  });
});
