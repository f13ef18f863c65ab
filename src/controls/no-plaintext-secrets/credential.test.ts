import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialKind } from './credential.ts';

const key = (head: string, tail: string): string => `${head}${tail}`;

describe('credentialKind', () => {
  it.each([
    ['', key('AKIA', 'IOSFODNN7ABCDEFG'), 'an AWS access key'],
    ['', key('sk_live_', '4eC39HqLyjWDarjtT1zdp7dc'), 'a Stripe live key'],
    ['', key('-----BEGIN EC PRIVATE', ' KEY-----'), 'a private key'],
    ['TLS_KEY', Buffer.from(key('-----BEGIN RSA PRIVATE', ' KEY-----\nMIIE')).toString('base64'), 'a private key'],
    ['URL', 'amqp://guest:s3cr3t@mq:5672', 'a connection string with a password'],
    ['URL', 'postgres://app:Tr0ub4$or@db/orders', 'a connection string with a password'],
    ['Default', 'Server=db;User Id=sa;Password=Hunter2hunter;', 'a connection string with a password'],
    ['DSN', 'app:hunter2hunter@tcp(db:3306)/orders', 'a connection string with a password'],
    ['URL', 'jdbc:mysql://db/x?user=app&password=hunter2hunter', 'a connection string with a password'],
    ['URL', 'postgres://app:${DB_PASSWORD:-postgres}@db/orders', 'a default password'],
    ['DB_PASSWORD', 'correct-horse', 'a credential by its name'],
    ['DB_PASSWORD', 'Tr0ub4dor$3x!', 'a credential by its name'],
    ['password', 'SUPERSECRET123', 'a credential by its name'],
    ['password', '$uper$ecure', 'a credential by its name'],
    ['DB_PASSWORD', 'a<b>c{d}e', 'a credential by its name'],
    ['DB_PASSWORD', 'hunter2${SUFFIX}hunter2', 'a credential by its name'],
    ['/app/db_password', 'hunter2hunter', 'a credential by its name'],
    ['rootPassword2', 'hunter2hunter', 'a credential by its name'],
    ['clientSecret', 'f81d4fae7dec11d0', 'a credential by its name'],
    ['SECRET_KEY_BASE', 'f81d4fae7dec11d0', 'a credential by its name'],
    ['DB_PASS', 'hunter2hunter', 'a credential by its name'],
    ['Authorization', key('Bearer glpat-', '9f8e7d6c5b4a39281706'), 'a GitLab token'],
    ['Authorization', 'Basic YWRtaW46aHVudGVyMmh1bnRlcg==', 'a credential by its name'],
    ['spring.datasource.password', '${DB_PASSWORD:hunter2hunter}', 'a credential by its name'],
    ['POSTGRES_PASSWORD', '${POSTGRES_PASSWORD:-postgres}', 'a default password'],
    ['password', 'changeme', 'a default password'],
  ])('%s=%s is %s', (name, value, kind) => {
    expect(credentialKind({ name, value })).toBe(kind);
  });

  it.each([
    ['PASSWORD_FILE', '/run/secrets/db'],
    ['TOKEN_TTL', '15m'],
    ['secretName', 'db-credentials'],
    ['existingSecret', 'db-credentials2'],
    ['passwordSecretRef', 'db-credentials'],
    ['adminPasswordSecret', 'admin-secret'],
    ['existingSecretPasswordKey', 'password'],
    ['imagePullSecret', 'regcred'],
    ['TLS_SECRET', 'api-tls-2024'],
    ['WEBHOOK_SECRET', 'webhook-server-cert'],
    ['PASSWORD_MIN_LENGTH', '12'],
    ['password_policy', 'length(12)'],
    ['JWT_PUBLIC_KEY', 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7'],
    ['URL', 'https://example.com/a:b@c'],
    ['URL', 'postgres://app@db/orders'],
    ['URL', 'postgres://${USER}:${DB_PASSWORD}@db/orders'],
    ['URL', 'postgres://%s:%s@db/orders'],
    ['', '# for example postgres://user:password@host/name'],
    ['api_key', 'vault:secret/data/api#key'],
    ['api_key', 'vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zo'],
    ['DB_PASSWORD', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-AbCdEf'],
    ['DB_PASSWORD', 'projects/123/secrets/db/versions/2'],
    ['DB_PASSWORD', 'ref+awsssm://prod/db/password'],
    ['DB_PASSWORD', 'op://prod/db/password'],
    ['DB_PASSWORD', '@Microsoft.KeyVault(SecretUri=https://x.vault.azure.net/secrets/db)'],
    ['DB_PASSWORD', 'prod/db/password'],
    ['ACCESS_TOKEN', 'https://auth.example.com/oauth/token'],
    ['GOOGLE_CREDENTIALS', 'service-account.json'],
    ['DB_PASSWORD', 'ENC[AES256_GCM,data:p673w==,iv:YY=,tag:UQ==,type:str]'],
    ['DB_PASSWORD', 'ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)'],
    ['admin.password', '$2a$10$rRyBsGSHK6.uc8fntPwVIuLVHgsAhAX7TcdrqW/RADU0uh7CaChLa'],
    ['password', 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy'],
    ['password', '#5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8'],
    ['smtp_password', 'smtp_password'],
    ['pgPassword', 'PG_PASSWORD'],
    ['DB_PASSWORD', 'base64:xxxxxxxxxxxx'],
    ['gitlab-token', key('glpat-', 'x'.repeat(20))],
    ['', key('AKIA', 'IOSFODNN7EXAMPLE')],
    ['csrf.token', 'X-CSRF-TOKEN'],
    ['Authorization', 'Bearer $TOKEN'],
    ['password', ''],
    ['AUTH', 'enabled'],
  ])('%s=%s is none', (name, value) => {
    expect(credentialKind({ name, value })).toBeUndefined();
  });

  it.each([
    '${DB_PASSWORD}',
    '$DB_PASSWORD',
    '$$DB_PASSWORD',
    '$env:DB_PASSWORD',
    '$PREFIX$DB_PASSWORD',
    '$(DB_PASSWORD)',
    '${DB_PASSWORD:?not set}',
    '${DB_PASSWORD:}',
    '${env:DB_PASSWORD}',
    '${file:/run/secrets/db:password}',
    '${secrets:shop/db:password}',
    '$__file{/run/secrets/db}',
    '${{ secrets.DB_PASSWORD }}',
    '{{ .Values.password }}',
    '{{.password}}',
    '#{DB_PASSWORD}#',
    '<your password>',
    '<path:secret/data/db#password>',
    '%DB_PASSWORD%',
    '@db.password@',
    '__DB_PASSWORD__',
    '********',
    'xxxxxxxx',
    '${PREFIX}-${SUFFIX}',
    '${PREFIX}-db-password',
  ])('DB_PASSWORD=%s is a place for one', (value) => {
    expect(credentialKind({ name: 'DB_PASSWORD', value })).toBeUndefined();
  });

  it('answers for any string', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (name, value) => void credentialKind({ name, value })));
  });
});
