import type { WorkloadCertificate } from '@launchgate/runtime/mtls';
import type { RotationOptions, SecretSource } from '@launchgate/runtime/secrets';

/** What every connection needs beside its address. */
export interface StoreContext {
  /** Shown by the store as the name of its client. */
  readonly service: string;
  readonly certificate: WorkloadCertificate;
  readonly secret: SecretSource;
  /** A rotation that did not hold; the old credential is still in use. */
  readonly onAlarm: (error: Error) => void;
  readonly onRotated?: (version: number) => void;
  /** The service starts while the store is away, and says so. */
  readonly startUntried?: boolean;
}

/** What the kit's rotations are told of it. */
export function rotationOf({
  secret,
  onAlarm,
  onRotated = () => undefined,
  startUntried = false,
}: StoreContext): RotationOptions {
  return { secret, onAlarm, onRotated, startUntried };
}
