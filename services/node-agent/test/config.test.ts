import { afterEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../src/config.ts';

const REQUIRED = {
  TLS_CERT_FILE: '/tls/tls.crt',
  TLS_KEY_FILE: '/tls/tls.key',
  TLS_CA_FILE: '/tls/ca.crt',
  GATEWAY_IDENTITIES: 'spiffe://test/ns/terminal/sa/terminal-gateway',
};
const ROOT = 0;
const NOBODY = 65_534;

/** The account of the shells, as the configuration of an agent that runs as `uid` has it. */
function account(uid: number, more: Record<string, string>) {
  vi.spyOn(process, 'getuid').mockReturnValue(uid);
  const { account: read } = readConfig({ ...REQUIRED, ...more });
  return [read.uid, read.gid];
}

afterEach(() => vi.restoreAllMocks());

describe('whose the shells are', () => {
  it.each([ROOT, NOBODY])('is refused with one of user and group alone, for an agent that runs as %i', (uid) => {
    for (const environment of ['production', 'lab']) {
      const more = { DEPLOYMENT_ENVIRONMENT: environment };
      expect(() => account(uid, { ...more, SHELL_UID: '65534' })).toThrow('SHELL_GID: SHELL_UID is set');
      expect(() => account(uid, { ...more, SHELL_UID: '0' })).toThrow('SHELL_GID: SHELL_UID is set');
      expect(() => account(uid, { ...more, SHELL_GID: '65534' })).toThrow('SHELL_UID: SHELL_GID is set');
    }
  });

  it('must be said by root outside of a lab, and by nobody else', () => {
    expect(() => account(ROOT, {})).toThrow('the agent runs as root');
    expect(account(ROOT, { DEPLOYMENT_ENVIRONMENT: 'lab' })).toEqual([undefined, undefined]);
    expect(account(NOBODY, {})).toEqual([undefined, undefined]);
  });

  it('is what both say', () => {
    expect(account(ROOT, { SHELL_UID: '65534', SHELL_GID: '65533' })).toEqual([65_534, 65_533]);
    expect(account(ROOT, { SHELL_UID: '0', SHELL_GID: '0' })).toEqual([0, 0]);
  });
});
