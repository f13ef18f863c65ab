import type { EnvironmentVariable } from '../../model/env.ts';
import { containers, podSpec, workloadName, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';

/** How the signing secret gets into one workload. */
export interface Arrival {
  readonly workload: string;
  /** The variable it was found in. */
  readonly variable?: string;
  /**
   * `secret`: by reference, or as a file of a mounted Secret. `plain`: its value stands in a manifest. `unknown`: a whole Secret is
   * taken in, or mounted, and what it holds is not said. `absent`: nothing of the kind.
   */
  readonly from: 'secret' | 'plain' | 'unknown' | 'absent';
  readonly origin?: Origin;
}

const SIGNING_SECRET = /webhook.*(?:secret|key|token)|(?:secret|key|token).*webhook|signing_?(?:secret|key)|whsec/i;

/** By the name that the spec gives, or by what such variables are called; `NAME_FILE` may point to a file of a Secret. */
export function arrivals(
  workload: Workload,
  variables: readonly EnvironmentVariable[],
  named: string | undefined,
): Arrival {
  const name = workloadName(workload);
  const fits = (variable: string): boolean => {
    const plain = variable.replace(/_FILE$/, '');
    return named === undefined ? SIGNING_SECRET.test(plain) : plain === named;
  };
  const found = variables.find((variable) => fits(variable.name));
  if (found !== undefined)
    return { workload: name, variable: found.name, origin: found.origin, from: originOf(workload, found) };
  const whole = variables.find(({ name: variable, source }) => variable === '*' && source.from === 'secret');
  if (whole !== undefined) return { workload: name, from: 'unknown', origin: whole.origin };
  if (named === undefined && secretMounts(workload).length > 0) return { workload: name, from: 'unknown' };
  const origin = containers(workload)[0]?.at.origin;
  return { workload: name, from: 'absent', ...(origin !== undefined && { origin }) };
}

function originOf(workload: Workload, { name, source }: EnvironmentVariable): Arrival['from'] {
  if (source.from === 'secret') return 'secret';
  if (source.from === 'field') return 'unknown';
  if (source.value === undefined) return 'unknown';
  if (!name.endsWith('_FILE')) return 'plain';
  const path = source.value;
  return secretMounts(workload).some((mount) => path === mount || path.startsWith(`${mount}/`)) ? 'secret' : 'unknown';
}

/** Where Secrets are mounted: by Secret, projected or by a driver of a secret store. */
function secretMounts(workload: Workload): string[] {
  const volumes = podSpec(workload)
    .get('volumes')
    .items()
    .filter((volume) => volume.get('secret').exists || volume.get('csi').exists || volume.get('projected').exists)
    .map((volume) => volume.get('name').string());
  return containers(workload).flatMap(({ at }) =>
    at
      .get('volumeMounts')
      .items()
      .filter((mount) => volumes.includes(mount.get('name').string()))
      .map((mount) => (mount.get('mountPath').string() ?? '').replace(/\/$/, '')),
  );
}
