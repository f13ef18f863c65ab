import type { Cursor } from '../../model/cursor.ts';
import { containers, podSpec, type Workload } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';

/** One rule of the Pod Security Standards that a pod breaks. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export interface Violation {
  readonly level: 'baseline' | 'restricted';
  readonly rule: string;
  /** What was found, ready for a message. */
  readonly found: At<string>;
}

const BASELINE_CAPABILITIES = new Set([
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
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
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

/** Every rule of both levels that the pods of a workload break. */
export function violations(workload: Workload): Violation[] {
  const spec = podSpec(workload);
  const all = containers(workload).map(({ name, at }) => ({ name, at, context: at.get('securityContext') }));
  const linux = spec.get('os', 'name').string() !== 'windows';
  return [
    ...hostRules(spec),
    ...all.flatMap((container) => containerBaseline(container)),
    ...podBaseline(spec),
    ...volumeRules(spec),
    ...all.flatMap((container) => containerRestricted(container, spec.get('securityContext'), linux)),
  ];
}

interface Container {
  readonly name: string;
  readonly at: Cursor;
  readonly context: Cursor;
}

function broken(level: Violation['level'], rule: string, at: Cursor, text: string): Violation {
  return { level, rule, found: at.at(text) };
}

function hostRules(spec: Cursor): Violation[] {
  return ['hostNetwork', 'hostPID', 'hostIPC'].flatMap((field) =>
    spec.get(field).boolean() === true
      ? [broken('baseline', 'host namespaces', spec.get(field), `${field}: true`)]
      : [],
  );
}

function podBaseline(spec: Cursor): Violation[] {
  const context = spec.get('securityContext');
  const sysctls = context
    .get('sysctls')
    .items()
    .flatMap((item) => {
      const name = item.get('name').string() ?? '';
      return SAFE_SYSCTLS.has(name) ? [] : [broken('baseline', 'sysctls', item, `the sysctl ${name}`)];
    });
  return [...sysctls, ...profileRules(context, 'the pod')];
}

function containerBaseline({ name, at, context }: Container): Violation[] {
  const found: Violation[] = [];
  const privileged = context.get('privileged');
  if (privileged.boolean() === true)
    found.push(broken('baseline', 'privileged containers', privileged, `container ${name} is privileged`));
  for (const added of context.get('capabilities', 'add').items()) {
    const capability = bare(added.string());
    if (!BASELINE_CAPABILITIES.has(capability))
      found.push(broken('baseline', 'capabilities', added, `container ${name} adds ${capability}`));
  }
  for (const port of at.get('ports').items()) {
    const hostPort = port.get('hostPort').integer() ?? 0;
    if (hostPort !== 0)
      found.push(
        broken('baseline', 'host ports', port.get('hostPort'), `container ${name} takes port ${hostPort} of the node`),
      );
  }
  const procMount = context.get('procMount').string();
  if (procMount !== undefined && procMount !== 'Default')
    found.push(
      broken('baseline', '/proc mount', context.get('procMount'), `container ${name} has procMount: ${procMount}`),
    );
  return [...found, ...profileRules(context, `container ${name}`)];
}

/** Seccomp, AppArmor, SELinux and Windows host processes, which pods and containers share. */
function profileRules(context: Cursor, who: string): Violation[] {
  const found: Violation[] = [];
  if (context.get('windowsOptions', 'hostProcess').boolean() === true)
    found.push(broken('baseline', 'host processes', context.get('windowsOptions'), `${who} is a Windows host process`));
  for (const profile of ['seccompProfile', 'appArmorProfile']) {
    const type = context.get(profile, 'type');
    if (type.string() === 'Unconfined')
      found.push(broken('baseline', profile, type, `${who} has ${profile}.type: Unconfined`));
  }
  const selinux = context.get('seLinuxOptions');
  if (!SELINUX_TYPES.has(selinux.get('type').string() ?? ''))
    found.push(
      broken('baseline', 'SELinux', selinux, `${who} sets the SELinux type ${selinux.get('type').string() ?? ''}`),
    );
  for (const field of ['user', 'role']) {
    if ((selinux.get(field).string() ?? '') !== '')
      found.push(broken('baseline', 'SELinux', selinux.get(field), `${who} sets the SELinux ${field}`));
  }
  return found;
}

function volumeRules(spec: Cursor): Violation[] {
  return spec
    .get('volumes')
    .items()
    .flatMap((volume) => {
      const name = volume.get('name').string() ?? '';
      return volume.entries().flatMap(([type, at]) => {
        if (type === 'name') return [];
        if (type === 'hostPath')
          return [
            broken(
              'baseline',
              'hostPath volumes',
              at,
              `volume ${name} mounts ${at.get('path').string() ?? 'a path'} of the node`,
            ),
          ];
        return RESTRICTED_VOLUMES.has(type)
          ? []
          : [broken('restricted', 'volume types', at, `volume ${name} is of type ${type}`)];
      });
    });
}

function containerRestricted({ name, at, context }: Container, pod: Cursor, linux: boolean): Violation[] {
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
      .some((dropped) => bare(dropped) === 'ALL')
  )
    found.push(broken('restricted', 'dropped capabilities', at, `container ${name} does not drop ALL capabilities`));
  for (const added of context.get('capabilities', 'add').items()) {
    if (bare(added.string()) !== 'NET_BIND_SERVICE' && BASELINE_CAPABILITIES.has(bare(added.string())))
      found.push(broken('restricted', 'capabilities', added, `container ${name} adds ${bare(added.string())}`));
  }
  return found;
}

function bare(capability: string | undefined): string {
  return (capability ?? '').replace(/^CAP_/, '');
}
