import type { Cursor } from '../../model/cursor.ts';
import { BASELINE_CAPABILITIES, broken, type Container, type Violation } from './violation.ts';

const RESTRICTED_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
  'image',
]);

/** A hostPath is refused by the baseline level already. */
export function restrictedVolumes(spec: Cursor): Violation[] {
  return spec
    .get('volumes')
    .items()
    .flatMap((volume) => {
      const name = volume.get('name').string() ?? '';
      return volume
        .entries()
        .filter(([type]) => type !== 'name' && type !== 'hostPath' && !RESTRICTED_VOLUMES.has(type))
        .map(([type, at]) => broken('restricted', 'volume types', at, `volume ${name} is of type ${type}`));
    });
}

/** Where a user namespace stands in for the baseline's rule, the restricted level keeps it. */
export function procMountRule({ name, context }: Container): Violation[] {
  const at = context.get('procMount');
  const type = at.string() ?? 'Default';
  return type === 'Default'
    ? []
    : [broken('restricted', '/proc mount', at, `container ${name} has procMount: ${type}`)];
}

export function containerRestricted({ name, at, context }: Container, pod: Cursor, linux: boolean): Violation[] {
  const found: Violation[] = [];
  const own = (field: string): Cursor => (context.get(field).exists ? context.get(field) : pod.get(field));
  if (own('runAsNonRoot').boolean() !== true)
    found.push(
      broken(
        'restricted',
        'running as non-root',
        own('runAsNonRoot').exists ? own('runAsNonRoot') : at,
        `container ${name} may run as root: runAsNonRoot is not true`,
      ),
    );
  for (const user of [context.get('runAsUser'), pod.get('runAsUser')]) {
    if (user.integer() === 0)
      found.push(broken('restricted', 'running as non-root user', user, `container ${name} runs as user 0`));
  }
  if (!linux) return found;
  const escalation = context.get('allowPrivilegeEscalation');
  if (escalation.boolean() !== false)
    found.push(
      broken(
        'restricted',
        'privilege escalation',
        escalation.exists ? escalation : at,
        `container ${name} may gain privileges: allowPrivilegeEscalation is not false`,
      ),
    );
  if (!own('seccompProfile').get('type').exists)
    found.push(broken('restricted', 'seccomp', at, `container ${name} has no seccomp profile`));
  if (
    !context
      .get('capabilities', 'drop')
      .strings()
      .some((dropped) => dropped === 'ALL')
  )
    found.push(broken('restricted', 'dropped capabilities', at, `container ${name} does not drop ALL capabilities`));
  for (const added of context.get('capabilities', 'add').items()) {
    const capability = added.string() ?? '';
    if (capability !== 'NET_BIND_SERVICE' && BASELINE_CAPABILITIES.has(capability))
      found.push(broken('restricted', 'capabilities', added, `container ${name} adds ${capability}`));
  }
  return found;
}
