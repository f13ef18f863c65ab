import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homeFolder } from './home.ts';

it.each([undefined, '', '.', 'config'])('keys lie in the home of the user where XDG_CONFIG_HOME is %j', (config) => {
  expect(homeFolder({ XDG_CONFIG_HOME: config })).toBe(join(homedir(), '.config', 'launchgate'));
});

it('keys lie where the environment says', () => {
  expect(homeFolder({ XDG_CONFIG_HOME: '/etc/xdg' })).toBe('/etc/xdg/launchgate');
  expect(homeFolder({ XDG_CONFIG_HOME: '/etc/xdg', LAUNCHGATE_HOME: '/keys' })).toBe('/keys');
});
