const BINARY = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 } as const;
const DECIMAL = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 } as const;
const QUANTITY = /^([+-]?)(\d+\.?\d*|\.\d+)(?:(Ki|Mi|Gi|Ti|Pi|Ei)|([numkMGTPE]?)|[eE]([+-]?\d{1,2}))$/;

/** Amounts are whole multiples of this part of a unit, as Kubernetes keeps them at most. */
const NANO = 9;

/**
 * A resource quantity of Kubernetes (`500m`, `1.5Gi`, `2e3`) in billionths of its unit; `undefined` for what is none.
 * Smaller parts are rounded up, as `resource.ParseQuantity` of apimachinery does.
 */
export function parseQuantity(text: string): bigint | undefined {
  const match = text.length > 40 ? null : QUANTITY.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = '', binary, decimal = '', exponent] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(`${whole}${fraction}` || '0');
  const power = Number(exponent ?? DECIMAL[decimal as keyof typeof DECIMAL]) + NANO - fraction.length;
  const factor = binary === undefined ? 1n : 1024n ** BigInt(BINARY[binary as keyof typeof BINARY]);
  const scaled = mantissa * factor;
  const value = power >= 0 ? scaled * 10n ** BigInt(power) : ceilDivide(scaled, 10n ** BigInt(-power));
  return sign === '-' ? -value : value;
}

/** An amount as people write it: `1500m` of CPU, `1.5Gi` of memory, a plain number of anything else. */
export function formatQuantity(amount: bigint, resource: string): string {
  const unit = 10n ** BigInt(NANO);
  if (/(?:^|\.)(?:memory|(?:ephemeral-)?storage)$/.test(resource)) return formatBytes(Number(amount / unit));
  return amount % unit === 0n ? String(amount / unit) : `${ceilDivide(amount, unit / 1000n)}m`;
}

function formatBytes(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
  const level = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Math.round((bytes / 1024 ** level) * 10) / 10}${units[level]}`;
}

function ceilDivide(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
