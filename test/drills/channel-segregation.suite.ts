import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DrillLab } from './drill-lab.ts';
import { afterPrepare, tampered } from './tampered.ts';

const LONG = 240_000;
const CONTROL = 'channel-segregation';

export function suite(lab: () => DrillLab): void {
  test('every user may what the spec says and no more', { timeout: LONG }, async () => {
    const ran = await lab().run(CONTROL);
    expect(ran.because).toBe('');
    expect(ran.outcome).toBe('pass');
    expect(ran.observation('combinations tried').value).toBeGreaterThan(50);
  });

  test.each([
    [
      'a pattern that is too wide',
      'user notification-relay ',
      ' &* ',
      /notification-relay may PUBLISH launchgate-drill\.outside/,
    ],
    [
      'a subscriber too many',
      'user terminal-gateway ',
      ' &notify.user.* +subscribe +psubscribe ',
      /terminal-gateway may PSUBSCRIBE notify\.user\.\*/,
    ],
  ])('fails by %s', { timeout: LONG }, async (_, user, more, said) => {
    const ran = await withAcl(
      lab(),
      (line) => (line.startsWith(user) ? `${line}${more}` : line),
      () => lab().run(CONTROL),
    );
    expect(ran.outcome).toBe('fail');
    expect(ran.observation('rights too many').detail).toMatch(said);
  });

  test('fails by a default user that is on', { timeout: LONG }, async () => {
    const open = (line: string) => (line.startsWith('user default ') ? 'user default on nopass ~* &* +@all' : line);
    const ran = await withAcl(lab(), open, () => lab().run(CONTROL));
    expect(ran.outcome).toBe('fail');
    expect(ran.observation('commands answered to nobody').detail).toContain('PUBLISH');
  });
}

function withAcl<T>(lab: DrillLab, change: (line: string) => string, work: () => Promise<T>): Promise<T> {
  return tampered(
    lab,
    ['redis'],
    (part) =>
      afterPrepare(part, (of) => {
        const text = readFileSync(join(of.folder('redis'), 'users.acl'), 'utf8');
        of.write('redis', 'users.acl', text.split('\n').map(change).join('\n'));
      }),
    work,
  );
}
