/**
 * What the services say of a rotation in their logs. Redis cannot tell which of two passwords a connection was made with, and no store tells the
 * replicas of a service apart; that the word holds is seen when the old version has ended.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { Lab } from '../../../../lab/part.ts';

/** What follows one secret in one replica. */
export interface Followers {
  /** Of the service's environment: `REDIS_PASSWORD`. */
  readonly variable: string;
  /** Connections and pools that take a new value, each for itself. */
  readonly clients: number;
}

const SAID = 'a new secret is in use';
const MOST_BYTES = 16 * 1024 * 1024;
const line = z.object({ variable: z.string() });

interface HandedOut {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** How long the log of each part was then. */
  readonly logs: ReadonlyMap<string, number>;
}

/** By lab and secret: when it was handed out last. */
const handedOut = new Map<string, HandedOut>();

/** To be noted right before. */
export function noteHandedOut(lab: Lab, secret: string, parts: readonly string[]): void {
  const logs = new Map(parts.map((part) => [part, statSync(lab.log(part)).size]));
  handedOut.set(keyOf(lab, secret), { at: Date.now(), logs });
}

/** Now, where it never was. */
export function handedOutAt(lab: Lab, secret: string): number {
  return handedOut.get(keyOf(lab, secret))?.at ?? Date.now();
}

/** Of the parts those that did not say, since the secret was handed out, that all who follow it use the new value. */
export function silentOf(
  lab: Lab,
  parts: readonly string[],
  secret: string,
  { variable, clients }: Followers,
): string[] {
  const logs = handedOut.get(keyOf(lab, secret))?.logs;
  return parts.filter((part) => {
    const from = logs?.get(part);
    return from === undefined || timesSaid(lab.log(part), from, variable) < clients;
  });
}

function timesSaid(log: string, from: number, variable: string): number {
  return readFrom(log, from)
    .split('\n')
    .filter((text) => text.includes(SAID) && variableIn(text) === variable).length;
}

function variableIn(text: string): string | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data?.variable;
  } catch {
    return undefined;
  }
}

function readFrom(path: string, from: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(Math.max(0, fstatSync(file).size - from), MOST_BYTES));
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}

function keyOf(lab: Lab, secret: string): string {
  return `${lab.directory}/${secret}`;
}
