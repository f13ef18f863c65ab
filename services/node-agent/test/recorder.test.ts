import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRecorder, type RecordingPolicy } from '../src/recorder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-recordings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SIZE = { cols: 80, rows: 24 };
const policy = (more: Partial<RecordingPolicy> = {}): RecordingPolicy => ({
  folder,
  version: 2,
  input: false,
  onFailure: 'refuse',
  maxBytes: 1_000_000,
  ...more,
});
const noFailure = (cause: Error) => {
  throw cause;
};

function lines(): unknown[][] {
  const [file = ''] = readdirSync(folder);
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  return readFileSync(join(folder, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown[]);
}

describe('a recording', () => {
  it('is asciicast 2 with absolute times, without input, and keeps characters whole', async () => {
    const recorder = startRecorder(policy(), 's-1', SIZE, noFailure);
    const euro = Buffer.from('€');
    recorder.output(Buffer.concat([Buffer.from('a'), euro.subarray(0, 1)]));
    recorder.output(euro.subarray(1));
    recorder.input(Buffer.from('secret'));
    recorder.resize(100, 30);
    await recorder.close(0);
    const [header, ...events] = lines();
    expect(header).toMatchObject({ version: 2, width: 80, height: 24 });
    expect(events.map(([, code, data]) => [code, data])).toEqual([
      ['o', 'a'],
      ['o', '€'],
      ['r', '100x30'],
    ]);
    const times = events.map(([time]) => Number(time));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('is asciicast 3 with intervals and exit status, and with input when that is asked for', async () => {
    const recorder = startRecorder(policy({ version: 3, input: true }), 's-1', SIZE, noFailure);
    recorder.input(Buffer.from('ls\r'));
    recorder.output(Buffer.from('file\r\n'));
    await recorder.close(7);
    const [header, ...events] = lines();
    expect(header).toMatchObject({ version: 3, term: { cols: 80, rows: 24 } });
    expect(events.map(([, code, data]) => [code, data])).toEqual([
      ['i', 'ls\r'],
      ['o', 'file\r\n'],
      ['x', '7'],
    ]);
  });

  it.each([2, 3] as const)('of version %i does not go back in time with the clock of the wall', async (version) => {
    const began = Date.now();
    const recorder = startRecorder(policy({ version }), 's-1', SIZE, noFailure);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(began - 3_600_000);
    try {
      recorder.output(Buffer.from('set back'));
      clock.mockReturnValue(began + 3_600_000);
      recorder.output(Buffer.from('set ahead'));
      await recorder.close(0);
    } finally {
      clock.mockRestore();
    }
    const [header, ...events] = lines();
    expect(Math.abs(Number(Object(header).timestamp) - began / 1000)).toBeLessThan(10);
    for (const [time] of events) {
      expect(Number(time)).toBeGreaterThanOrEqual(0);
      expect(Number(time)).toBeLessThan(60);
    }
  });

  it('tells once that it has failed, and goes quiet', async () => {
    const failures: string[] = [];
    const recorder = startRecorder(
      policy({ maxBytes: 300 }),
      's-1',
      SIZE,
      ({ message }) => void failures.push(message),
    );
    for (let i = 0; i < 10; i++) recorder.output(Buffer.alloc(100, 97));
    await recorder.close(0);
    expect(failures).toEqual(['the recording has reached its limit of 300 bytes']);
  });

  it('is bounded in bytes, not in characters', async () => {
    const failures: string[] = [];
    const bound = policy({ maxBytes: 1000 });
    const recorder = startRecorder(bound, 's-1', SIZE, ({ message }) => void failures.push(message));
    recorder.output(Buffer.from('漢'.repeat(250)));
    expect(failures).toEqual([]);
    recorder.output(Buffer.from('漢'.repeat(250)));
    await recorder.close(0);
    expect(failures).toEqual(['the recording has reached its limit of 1000 bytes']);
  });

  it('cannot be made where nothing can be written', () => {
    const nowhere = join(folder, 'missing');
    expect(() => startRecorder(policy({ folder: nowhere }), 's-1', SIZE, noFailure)).toThrow('ENOENT');
  });
});
