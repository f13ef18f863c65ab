/** Everything that is broken in turn. */
import type { FileOperator, ObjectOperator } from '../types.ts';
import { infrastructureFileOperators, infrastructureOperators } from './infrastructure.ts';
import { networkFileOperators, networkOperators } from './network.ts';
import { observabilityFileOperators, observabilityOperators } from './observability.ts';
import { workloadOperators } from './workloads.ts';

export const objectOperators: readonly ObjectOperator[] = [
  ...workloadOperators,
  ...networkOperators,
  ...observabilityOperators,
  ...infrastructureOperators,
];

export const fileOperators: readonly FileOperator[] = [
  ...networkFileOperators,
  ...observabilityFileOperators,
  ...infrastructureFileOperators,
];
