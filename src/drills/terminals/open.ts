/**
 * Terminals that this process holds open, by the key that the journal knows them by. They end with the process, so that whoever undoes a
 * run that was killed finds nothing to do.
 */
import { LaunchgateError } from '../../model/errors.ts';

const open = new Map<string, () => void>();

export function keepOpen(key: string, close: () => void): void {
  open.set(key, close);
}

export function closeKept(key: string): void {
  open.get(key)?.();
  open.delete(key);
}

/** Throws for terminals that the end of their run has closed. */
export function stillOpen(key: string): void {
  if (!open.has(key)) throw new LaunchgateError('internal', 'these terminals were closed with their run');
}
