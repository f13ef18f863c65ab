/** The agent as a process: what it leaves behind when it is told to go. */
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { accepts, freePort, startProcess, untilReady } from '../../../test/servers/process.ts';
import { membersOf } from '../src/processes.ts';
import { certificates, connect, openShell, pidOf, shows, useAgents } from './agents.ts';

const ROOT = join(import.meta.dirname, '../../..');

useAgents();

it('ends its shells before it goes, also one that ignores SIGHUP and that nobody looks at', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-agent-'));
  const [port, health, metrics] = [await freePort(), await freePort(), await freePort()];
  const { cert, key, ca } = certificates.own();
  const agent = startProcess(
    folder,
    join(ROOT, 'node_modules/node/bin/node'),
    ['--conditions=launchgate-source', join(ROOT, 'services/node-agent/src/main.ts')],
    {
      env: {
        DEPLOYMENT_ENVIRONMENT: 'lab',
        TLS_CERT_FILE: cert,
        TLS_KEY_FILE: key,
        TLS_CA_FILE: ca,
        GATEWAY_IDENTITIES: 'spiffe://test/ns/terminal/sa/terminal-gateway',
        AGENT_ADDR: `127.0.0.1:${port}`,
        HEALTH_ADDR: `127.0.0.1:${health}`,
        METRICS_ADDR: `127.0.0.1:${metrics}`,
        SHELL_HOME: '/tmp',
        KILL_GRACE: '6s',
      },
    },
  );
  try {
    await untilReady(agent, () => accepts(port));
    const gateway = await connect(port);
    const channel = await openShell(gateway);
    const pid = await pidOf(gateway, channel);
    gateway.input(channel, `trap '' HUP; echo deaf-$((40+2)); exec sleep 60\n`);
    await shows(channel, 'deaf-42');
    gateway.socket.terminate();
    const exited = once(agent.process, 'exit');
    agent.process.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(membersOf(pid)).toEqual([]);
  } finally {
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
