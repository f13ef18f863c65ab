import { describe, expect, it } from 'vitest';
import { argumentsIn } from './command-line.ts';
import { credentialKind } from './credential.ts';

const namesIn = (...words: string[]): string[] =>
  [...argumentsIn(words)].filter((named) => credentialKind(named) !== undefined).map(({ name }) => name);

describe('argumentsIn', () => {
  it.each([
    [['app', '--db-password=hunter2hunter'], ['db-password']],
    [['app', '--db-password', 'hunter2hunter'], ['db-password']],
    [['java', '-Ddb.password=hunter2hunter'], ['Ddb.password']],
    [['helm', '--set=auth.password=hunter2hunter'], ['auth.password']],
    [['env', 'DB_PASSWORD=hunter2hunter', 'app'], ['DB_PASSWORD']],
    [['sh', '-c', 'export DB_PASSWORD=hunter2hunter; exec app'], ['DB_PASSWORD']],
    [['bash', '-c', `sh -c "app --token '9f8e7d6c5b4a'"`], ['token']],
    [['redis-server', '--requirepass', 'hunter2hunter'], ['requirepass']],
    [['redis-cli', '-a', 'hunter2hunter', 'ping'], ['redis-cli -a']],
    [['/usr/bin/valkey-cli', '-a', 'hunter2hunter', 'ping'], ['valkey-cli -a']],
    [['/opt/cassandra/bin/cqlsh', '-u', 'cassandra', '-p', 'cassandra', '-e', 'describe keyspaces'], ['cqlsh -p']],
    [['sh', '-c', 'cqlsh -u app -p hunter2hunter -e "describe keyspaces"'], ['cqlsh -p']],
    [['nodetool', '-u', 'ops', '-pw', 'hunter2hunter', 'status'], ['nodetool -pw']],
    [['/opt/mssql-tools/bin/sqlcmd', '-S', 'db', '-P', 'Hunter2hunter', '-Q', 'SELECT 1'], ['sqlcmd -P']],
    [['ldapsearch', '-x', '-D', 'cn=admin,dc=shop', '-w', 'hunter2hunter'], ['ldapsearch -w']],
    [['mysqladmin', '-u', 'root', '-phunter2hunter', 'status'], ['mysqladmin -p']],
    [['curl', '-u', 'admin:hunter2hunter', 'http://x'], ['curl -u']],
    [['docker', 'login', '-u', 'bot', '-p', 'hunter2hunter', 'ghcr.io'], ['docker login -p']],
    [['sudo', 'helm', 'registry', 'login', 'ghcr.io', '-p', 'hunter2hunter'], ['helm login -p']],
    [['sh', '-c', 'az login --service-principal -u app -p hunter2hunter --tenant t'], ['az login -p']],
    [
      ['aws', 'configure', 'set', 'aws_secret_access_key', '9f8e7d6c5b4a', '--profile', 'ci'],
      ['aws_secret_access_key'],
    ],
    [
      ['aws', '--profile', 'ci', 'configure', 'set', 'default.aws_session_token', '9f8e7d6c5b4a'],
      ['default.aws_session_token'],
    ],
    [['npm', 'config', 'set', '//registry.npmjs.org/:_authToken', '9f8e7d6c5b4a'], ['_authToken']],
    [['npm', 'config', 'set', '//registry.npmjs.org/:_authToken=9f8e7d6c5b4a'], ['_authToken']],
    [['app', '--db', 'postgres://app:hunter2hunter@db/orders'], ['db']],
    [['app', 'postgres://app:hunter2hunter@db/orders'], ['']],
  ])('%j gives a credential to %j', (words, names) => {
    expect(namesIn(...words)).toEqual(names);
  });

  it.each([
    [['app', '--password-file=/run/x', '--token-file', '/run/token']],
    [['app', '--password', '$(DB_PASSWORD)', '--token=$(TOKEN)']],
    [['app', '--password', '--verbose']],
    [['app', '--use-token', 'serve2go']],
    [['app', '--secret-name=api-tls', '--secret', 'shop/credentials', '--webhook-secret=webhook-server-cert']],
    [['sh', '-c', 'redis-cli -a "$REDIS_PASSWORD" ping']],
    [['sh', '-c', 'TOKEN=$(cat "/run/token"); curl -u "$USER:$TOKEN" http://x']],
    [['aws', 'configure', 'set', 'aws_secret_access_key', '$AWS_SECRET_ACCESS_KEY']],
    [['aws', 'configure', 'set', 'aws_secret_access_key', '%AWS_SECRET_ACCESS_KEY%', '--profile', 'ci']],
    [['aws', 'configure', 'set', 'aws_secret_access_key', '$env:AWS_SECRET_ACCESS_KEY']],
    [['aws', 'configure', 'set', 'aws_secret_access_key', '${env.AWS_SECRET_ACCESS_KEY}']],
    [['aws', 'configure', 'set', 'aws_secret_access_key', '--profile', 'ci']],
    [['aws', 'configure', 'set', 'region', 'eu-central-1']],
    [['aws', 'secretsmanager', 'get-secret-value', '--secret-id', 'shop/db2', '--query', 'SecretString']],
    [['npm', 'config', 'set', '//npm.pkg.github.com/:_authToken=$(cat /run/secrets/npm)']],
    [['npm', 'config', 'set', '//localhost:4873/:_authToken', 'YOUR_TOKEN', '-q']],
    [['mysql', '-p', 'orders2024']],
    [['docker', 'run', '-p', 'hunter2hunter', 'app', 'login']],
    [['docker', 'compose', '-p', 'hunter2hunter', 'up']],
    [['sh', '-c', 'docker login -u bot -p "$TOKEN" ghcr.io']],
    [['sh', '-c', 'docker login -u bot -p ${{ secrets.TOKEN }} ghcr.io']],
    [['sh', '-c', 'docker login -u bot -p "$(cat /run/token)" ghcr.io']],
    [['cp', '-p', 'from', 'to']],
    [['sqlcmd', '-p', 'orders2024', '-P', '$(SA_PASSWORD)']],
  ])('%j gives none', (words) => {
    expect(namesIn(...words)).toEqual([]);
  });
});
