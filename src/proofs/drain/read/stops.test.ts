import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../model/cursor.ts';
import { preStopOf } from './stops.ts';

function preStop(command: readonly string[]): ReturnType<typeof preStopOf> {
  const origin = { path: 'api.yaml', document: 0, pointer: [] };
  return preStopOf(new Cursor({ lifecycle: { preStop: { exec: { command } } } }, origin));
}

describe('a preStop that runs a command', () => {
  it.each([
    [['sleep', '15'], 15],
    [['/bin/sh', '-c', 'sleep 15 && nginx -s quit'], 15],
    [['sh', '-c', 'sleep 5; sleep 1m'], 65],
    [['sh', '-c', 'sleep 10 # for all, while they do come'], 10],
  ])('%j sleeps for %d s', (command, seconds) => {
    expect(preStop(command)).toMatchObject({ kind: 'sleep', seconds });
  });

  it.each([
    'for i in 1 2 3; do sleep 10; done',
    'while pgrep worker; do sleep 1; done',
    'until [ -f /tmp/done ]\ndo\n  sleep 2\ndone',
    'sleep 5; for i in 1 2; do sleep 1; done',
  ])('%j goes round a loop, which takes nobody knows how long', (script) => {
    expect(preStop(['sh', '-c', script])).toMatchObject({ kind: 'other' });
  });
});
