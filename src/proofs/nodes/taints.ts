import type { Cursor } from '../../model/cursor.ts';
import type { Taint, Toleration } from './types.ts';

/** `dedicated=data:NoSchedule`; the value and the effect may be left out. */
export function parseTaint(text: string): Taint {
  const [pair = '', effect = 'NoSchedule'] = text.split(':');
  const [key = '', value = ''] = pair.split('=');
  return { key, value, effect };
}

export function taintsAt(at: Cursor): Taint[] {
  return at.items().map((taint) => ({
    key: taint.get('key').string() ?? '',
    value: taint.get('value').string() ?? '',
    effect: taint.get('effect').string() ?? 'NoSchedule',
  }));
}

export function tolerationsAt(at: Cursor): Toleration[] {
  return at.items().map((toleration) => {
    const [key, effect] = [toleration.get('key').string(), toleration.get('effect').string()];
    return {
      operator: toleration.get('operator').string() ?? 'Equal',
      value: toleration.get('value').string() ?? '',
      ...(key && { key }),
      ...(effect && { effect }),
    };
  });
}

/** Whether no taint keeps the pods off; a preference keeps off nobody. */
export function toleratesAll(tolerations: readonly Toleration[], taints: readonly Taint[]): boolean {
  return taints.every(
    (taint) => taint.effect === 'PreferNoSchedule' || tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/: without a key only `Exists` matches, and any taint. */
function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key === undefined) return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || value === taint.value);
}
