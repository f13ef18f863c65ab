import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../model/cursor.ts';
import { swallowedBy } from './signals.ts';

const origin = { path: 'api.yaml', document: 0, pointer: [] };

function swallowed(command: readonly string[], more: object = {}): ReturnType<typeof swallowedBy> {
  return swallowedBy(new Cursor({ command, ...more }, origin));
}

describe('a shell', () => {
  it.each([
    'migrate && node server.js',
    'migrate; node server.js',
    'migrate\nnode server.js',
    'node server.js | tee /log',
    'node server.js 2>&1 | tee /log',
    'exec node server.js | tee /log',
    'node server.js |& tee /log',
    'node server.js & wait',
    'node worker.js & node server.js',
    'node server.js &',
    'echo "exec node"; node server.js',
  ])('stays for %j', (script) => {
    expect(swallowed(['sh', '-c', script])).toMatchObject({ command: script, origin: { pointer: ['command'] } });
    expect(swallowed(['/bin/bash', '-euo', 'pipefail', '-c', script])).toMatchObject({ command: script });
  });

  it.each([
    'node server.js',
    'exec node server.js',
    'migrate && exec node server.js',
    'migrate | tee /log; exec node server.js',
    'exec node server.js > >(tee /log) 2>&1',
    'exec node server.js > /log 2>&1',
    'node server.js >/log 2>&1',
    'node server.js &>/log',
    "nginx -g 'daemon off;'",
    'java -jar app.jar --pattern="a|b&c"',
    'node server.js --hosts $(getent hosts db | cut -f1)',
    "trap 'kill $child' TERM; node server.js & child=$!; wait",
    'case $1 in a|b) exec node a.js ;; *) exec node b.js ;; esac',
    '# first; second\nnode server.js',
  ])('does not stay for %j', (script) => {
    expect(swallowed(['sh', '-c', script])).toBeUndefined();
  });

  it('is told by args that follow the command, too', () => {
    expect(swallowed(['bash', '-ec'], { args: ['export A=1; node server.js'] })).toBeDefined();
    expect(swallowed([], { args: ['sh', '-c', 'a; b'] })).toBeDefined();
  });
});

describe('an init in front of a shell', () => {
  const shell = ['sh', '-c', 'migrate; node server.js'];
  it.each([
    [['tini', '--'], 'tini'],
    [['/sbin/tini', '-v', '--'], 'tini'],
    [['/usr/bin/tini-static'], 'tini'],
    [['tini', '-p', 'SIGTERM', '-e', '143', '--'], 'tini'],
    [['/sbin/docker-init', '--'], 'docker-init'],
    [['dumb-init', '--single-child', '--'], 'dumb-init'],
    [['dumb-init', '-c'], 'dumb-init'],
  ])('%j signals the shell alone', (init, behind) => {
    expect(swallowed([...init, ...shell])).toMatchObject({ behind });
    expect(swallowed([...init, 'sh', '-c', 'exec node server.js'])).toBeUndefined();
    expect(swallowed([...init, 'node', 'server.js'])).toBeUndefined();
  });

  it.each([
    [['tini', '-g', '--']],
    [['tini', '-vg', '--']],
    [['dumb-init', '--']],
    [['/usr/bin/dumb-init', '-r', '15:3', '-v']],
    [['/entrypoint.sh']],
  ])('%j passes signals to all, or is not known', (init) => {
    expect(swallowed([...init, ...shell])).toBeUndefined();
  });

  it('may be told by its variable', () => {
    const env = (name: string, value: string): object => ({ env: [{ name, value }] });
    expect(swallowed(['tini', '--', ...shell], env('TINI_KILL_PROCESS_GROUP', '1'))).toBeUndefined();
    expect(swallowed(['dumb-init', ...shell], env('DUMB_INIT_SETSID', '0'))).toBeDefined();
  });
});
