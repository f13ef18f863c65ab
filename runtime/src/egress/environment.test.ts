import { describe, expect, test } from 'vitest';
import { EgressConfigurationError, egressPolicy, egressPolicyFromEnvironment } from './index.ts';

describe('policy from the environment', () => {
  test('reads every variable', () => {
    const policy = egressPolicyFromEnvironment({
      NODE_PROBE_ALLOWED_CIDRS: '10.40.128.0/18, fd12:3456::/32',
      NODE_PROBE_ALLOWED_PORTS: '443,8000-8002',
      NODE_PROBE_CONNECT_TIMEOUT: '500ms',
      NODE_PROBE_TIMEOUT: '1m',
      NODE_PROBE_MAX_BYTES: '1000',
      NODE_PROBE_MAX_REDIRECTS: '2',
    });
    expect(policy).toMatchObject({
      connectTimeoutMs: 500,
      timeoutMs: 60_000,
      maxBytes: 1000,
      maxRedirects: 2,
      warnings: [],
    });
    expect([...policy.allowedPorts]).toEqual([443, 8000, 8001, 8002]);
    expect(policy.judge('fd12:3456::1')).toBe('allowed');
  });

  test('names another prefix', () => {
    const policy = egressPolicyFromEnvironment({ HOOK_ALLOWED_CIDRS: '203.0.113.0/24' }, 'HOOK');
    expect(policy.judge('203.0.113.9')).toBe('allowed');
  });

  test.each([
    [undefined],
    [''],
    [' '],
    [','],
    ['10.40.128.0/18,'],
    ['10.40.128.1/18'],
    ['10.40.128.0'],
    ['10.40.128.0/'],
    ['10.40.128.0/33'],
    ['10.40.128.0/018'],
    ['10.40.128.0/-1'],
    ['10.40.128.0/18/1'],
    ['10.40.128/18'],
    ['010.40.128.0/18'],
    ['0x0a.40.128.0/18'],
    ['10.40.128.0-10.40.191.255'],
    ['*'],
    ['any'],
    ['10.40.128.0/18;10.41.0.0/16'],
    ['10.40.128.0/18 10.41.0.0/16'],
    ['fd12::1/32'],
    ['fd12::/129'],
    ['fd12:::/32'],
    ['[fd12::]/32'],
    ['::ffff:10.0.0.0/104'],
    ['fe80::%eth0/64'],
    ['localhost/32'],
    ['10.40.128.0/１８'],
    ['10.40.128.0/1e1'],
    ['10.40.128.0/ 18'],
  ])('%j ends the start', (cidrs) => {
    expect(() => egressPolicyFromEnvironment({ NODE_PROBE_ALLOWED_CIDRS: cidrs })).toThrow(EgressConfigurationError);
  });

  test.each([
    [{ NODE_PROBE_ALLOWED_PORTS: '' }],
    [{ NODE_PROBE_ALLOWED_PORTS: '0' }],
    [{ NODE_PROBE_ALLOWED_PORTS: '65536' }],
    [{ NODE_PROBE_ALLOWED_PORTS: '9-8' }],
    [{ NODE_PROBE_ALLOWED_PORTS: '*' }],
    [{ NODE_PROBE_TIMEOUT: '10' }],
    [{ NODE_PROBE_TIMEOUT: '0s' }],
    [{ NODE_PROBE_MAX_BYTES: '-1' }],
    [{ NODE_PROBE_MAX_REDIRECTS: '99' }],
    [{ NODE_PROBE_ALLOWED_PORT: '443' }],
  ])('%j ends the start', (env) => {
    const all = { NODE_PROBE_ALLOWED_CIDRS: '10.40.128.0/18', ...env };
    expect(() => egressPolicyFromEnvironment(all)).toThrow(EgressConfigurationError);
  });

  test('the error has exit code 78, and names each entry that is wrong', () => {
    try {
      egressPolicyFromEnvironment({ NODE_PROBE_ALLOWED_CIDRS: '10.40.128.1/18,x/1' });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        exitCode: 78,
        message: expect.stringMatching(/NODE_PROBE.*10\.40\.128\.1\/18.*x\/1/),
      });
    }
  });

  test('a block that covers what is never reached is warned of', () => {
    const { warnings } = egressPolicy({ allowedCidrs: ['10.40.128.0/18', '169.254.0.0/16', '0.0.0.0/0'] });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/169\.254\.0\.0\/16 is never reached.*metadata/);
  });

  test('no environment variable allows loopback', () => {
    const env = new Proxy({ NODE_PROBE_ALLOWED_CIDRS: '127.0.0.0/8' } as Record<string, string>, {});
    expect(
      egressPolicyFromEnvironment({ ...env, NODE_PROBE_UNSAFE_LOOPBACK_FOR_TESTS: 'true' }).judge('127.0.0.1'),
    ).toBe('loopback');
  });
});
