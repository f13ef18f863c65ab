import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import { drill } from './drill.ts';
import { WAYS_AROUND } from './attempts.ts';

const subject = {
  id: 'store/realtime',
  name: 'realtime',
  input: { channels: [{ pattern: 'room:*', publishers: ['api'], subscribers: ['hub'] }] } as never,
  params: { operators: [], users: {} } as never,
};

/** What of a Redis that answers questions for a user's rights so, and lets everybody do what is declared for them, is not as it should be. */
async function missed(dryRun: (user: string, command: readonly string[]) => string): Promise<string[]> {
  const mayDo = (user: string, [command = '', channel = '']: readonly string[]): boolean =>
    (user === 'api' && command.endsWith('PUBLISH') && channel.startsWith('room:')) ||
    (user === 'hub' && command === 'PSUBSCRIBE' && channel === 'room:*');
  const redis = (_store: string, user?: string) =>
    Promise.resolve({
      call(command: string, ...args: string[]) {
        if (user !== undefined)
          return mayDo(user, [command, ...args]) ? Promise.resolve('OK') : Promise.reject(new Error('NOPERM'));
        if (args[0] === 'WHOAMI') return Promise.resolve('operator');
        if (args[0] === 'USERS') return Promise.resolve(['default', 'operator', 'api', 'hub']);
        const [, asked = '', ...rest] = args;
        const isOwn = asked === 'operator' || mayDo(asked, rest) || rest[0] === 'MULTI' || rest[0] === 'EXEC';
        return Promise.resolve(isOwn && dryRun(asked, rest) === '' ? 'OK' : dryRun(asked, rest) || 'no permissions');
      },
      close: () => Promise.resolve(),
    });
  const plan = drill.plan({ subjects: [subject], parameters: {}, spec: shop });
  return (await missedBy(plan, { databases: { redis } })).map(({ name }) => name);
}

test('an operator who may not ask for the rights of others learns of no way around them', async () => {
  const refused = "NOPERM this user has no permissions to run the 'acl|dryrun' command";
  expect(await missed(() => '')).toEqual([]);
  expect(await missed((_, command) => (WAYS_AROUND.some(([name]) => name === command[0]) ? 'OK' : ''))).toEqual([
    'ways around',
  ]);
  await expect(missed(() => refused)).rejects.toThrow(`what others may (ACL DRYRUN): ${refused}`);
});
