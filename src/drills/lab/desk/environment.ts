/** Reading a program's environment: what is missing or wrong is said by name, and ends it with EX_CONFIG (sysexits.h). */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseDuration } from '../../../model/duration.ts';

const EX_CONFIG = 78;

export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new RangeError(`${name} is not set`);
  return value;
}

export function durationOf(name: string, fallback: string): number {
  const text = process.env[name] ?? fallback;
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds <= 0)
    throw new RangeError(`${name} is "${text}", expected a duration such as 30s`);
  return seconds;
}

const escalation = z.record(z.string(), z.array(z.number().positive()).max(20));

/** Seconds to each further level by receiver, as JSON. */
export function escalationOf(name: string): Readonly<Record<string, readonly number[]>> {
  const parsed = escalation.safeParse(JSON.parse(process.env[name] ?? '{"":[300,600]}'));
  if (parsed.success) return parsed.data;
  throw new RangeError(`${name} is no object of lists of seconds: ${z.prettifyError(parsed.error)}`);
}

/** The content of the file that the variable names, without the line's end. */
export function secretOf(name: string): string {
  const value = readFileSync(required(name), 'utf8').trim();
  if (value === '') throw new RangeError(`the file that ${name} names is empty`);
  return value;
}

/** Runs a program: it stops at SIGTERM and SIGINT, and says as one line of JSON why it could not start. */
export async function runProgram(service: string, start: () => Promise<{ close(): Promise<void> }>): Promise<void> {
  try {
    const running = await start();
    say(service, 'info', 'ready');
    const stop = (): void => {
      void running.close().then(() => process.exit(0));
      setTimeout(() => process.exit(1), 5000).unref();
    };
    process.once('SIGTERM', stop).once('SIGINT', stop);
  } catch (error) {
    say(service, 'error', error instanceof Error ? error.message : String(error));
    process.exit(error instanceof RangeError ? EX_CONFIG : 1);
  }
}

export function say(service: string, level: 'info' | 'warn' | 'error', msg: string, more: object = {}): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, service, msg, ...more })}\n`);
}
