/** What an instance of a cloud has. */
export interface InstanceSize {
  readonly vcpu: number;
  readonly memoryGiB: number;
}

/** Names of sizes of AWS and the cores they stand for, from `large` on the same in every family. */
const CORES: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4 };

/** GiB for each core, by the family's letter (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html). */
const RATIO: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** Burstable sizes, which follow no rule: cores and GiB. */
const BURSTABLE: Readonly<Record<string, readonly [number, number]>> = {
  micro: [2, 1],
  small: [2, 2],
  medium: [2, 4],
  large: [2, 8],
  xlarge: [4, 16],
  '2xlarge': [8, 32],
};

/**
 * Cores and memory of an instance type of AWS (`m7i.2xlarge`, `db.r7g.large`, `cache.t4g.small`), from its family and size.
 * Undefined for families that follow another rule: the caller asks for the numbers instead.
 */
export function instanceSize(type: string): InstanceSize | undefined {
  const match = /^(?:(?:db|cache)\.)?([a-z]+)(\d+)([a-z]*)\.(\w+)$/.exec(type);
  if (match === null) return undefined;
  const [, family = '', generation = '', suffix = '', size = ''] = match;
  if (family === 't') {
    const burstable = BURSTABLE[size];
    return burstable === undefined || Number(generation) < 3
      ? undefined
      : { vcpu: burstable[0], memoryGiB: burstable[1] };
  }
  const ratio = RATIO[family];
  const vcpu = CORES[size] ?? (/^\d+xlarge$/.test(size) ? 4 * Number.parseInt(size, 10) : undefined);
  // Before the fifth generation memory follows another rule; `e`, `z` and `flex` are exceptions of their own.
  if (ratio === undefined || vcpu === undefined || Number(generation) < 5 || /[ez]/.test(suffix)) return undefined;
  return { vcpu, memoryGiB: vcpu * ratio };
}
