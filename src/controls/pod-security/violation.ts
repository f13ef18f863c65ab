import type { Cursor } from '../../model/cursor.ts';
import type { At } from '../../model/origin.ts';

/** One rule of the Pod Security Standards that a pod breaks. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export interface Violation {
  readonly level: 'baseline' | 'restricted';
  readonly rule: string;
  /** What was found, ready for a message. */
  readonly found: At<string>;
  /** It breaks the rule in versions of the policy before this one, and which one holds is not known. */
  readonly before?: string;
}

export interface Container {
  readonly name: string;
  readonly at: Cursor;
  readonly context: Cursor;
}

export function broken(level: Violation['level'], rule: string, at: Cursor, text: string): Violation {
  return { level, rule, found: at.at(text) };
}

/** By their exact names, as the API server compares them. */
export const BASELINE_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
