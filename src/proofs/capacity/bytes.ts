import { formatQuantity, parseQuantity } from '../../model/quantity.ts';

const NANO = 1_000_000_000n;

/** Bytes of a quantity such as `500Gi`; 0 for what is none, which the spec's schema has refused. */
export function bytesOf(quantity: string): number {
  return Number((parseQuantity(quantity) ?? 0n) / NANO);
}

/** `1.4Gi`. */
export function bytesText(bytes: number): string {
  return formatQuantity(BigInt(Math.round(bytes)) * NANO, 'storage');
}
