import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect, openShell, start, useAgents } from './agents.ts';
import { until } from './gateway.ts';

useAgents();

describe('a session that cannot be recorded', () => {
  const recording = { folder: '/nonexistent/recordings', version: 2, input: false, maxBytes: 1_000_000 } as const;

  it('is refused where it may not go unrecorded', async () => {
    const gateway = await connect(await start({ recording: { ...recording, onFailure: 'refuse' } }));
    expect((await openShell(gateway)).refused?.code).toBe('recorder');
  });

  it('goes on where it may, and its user is told', async () => {
    const gateway = await connect(await start({ recording: { ...recording, onFailure: 'continue' } }));
    const channel = await openShell(gateway);
    expect(channel.opened?.recording).toBe('off');
    await until(() => channel.notices.some(({ code }) => code === 'recorder-failed'), 'the notice');
  });

  it('ends when its recording fails midway and it may not go on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'launchgate-recordings-'));
    try {
      const gateway = await connect(
        await start({ recording: { ...recording, folder, maxBytes: 20_000, onFailure: 'refuse' } }),
      );
      const channel = await openShell(gateway);
      expect(channel.opened?.recording).toBe('output');
      gateway.input(channel, 'yes\n');
      expect((await until(() => channel.exit, 'the end')).reason).toBe('recorder-failed');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
