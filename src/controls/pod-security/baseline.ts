import type { Cursor } from '../../model/cursor.ts';
import { BASELINE_CAPABILITIES, broken, type Container, type Violation } from './violation.ts';

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
export function podBaseline(spec: Cursor, metadata: Cursor): Violation[] {
  const context = spec.get('securityContext');
  const sysctls = context
    .get('sysctls')
    .items()
    .flatMap((item) => {
      const name = item.get('name').string() ?? '';
      return SAFE_SYSCTLS.has(name) ? [] : [broken('baseline', 'sysctls', item, `the sysctl ${name}`)];
    });
  return [...sysctls, ...profileRules(context, 'the pod'), ...appArmorAnnotations(metadata)];
}

export function hostRules(spec: Cursor): Violation[] {
  return ['hostNetwork', 'hostPID', 'hostIPC'].flatMap((field) =>
    spec.get(field).boolean() === true
      ? [broken('baseline', 'host namespaces', spec.get(field), `${field}: true`)]
      : [],
  );
}

export function hostPaths(spec: Cursor): Violation[] {
  return spec
    .get('volumes')
    .items()
    .filter((volume) => volume.get('hostPath').exists)
    .map((volume) => {
      const at = volume.get('hostPath');
      const text = `volume ${volume.get('name').string() ?? ''} mounts ${at.get('path').string() ?? 'a path'} of the node`;
      return broken('baseline', 'hostPath volumes', at, text);
    });
}

export function containerBaseline({ name, at, context }: Container): Violation[] {
  const found: Violation[] = [];
  const privileged = context.get('privileged');
  if (privileged.boolean() === true)
    found.push(broken('baseline', 'privileged containers', privileged, `container ${name} is privileged`));
  for (const added of context.get('capabilities', 'add').items()) {
    const capability = added.string() ?? '';
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
  return [...found, ...hostHandlers(name, at), ...profileRules(context, `container ${name}`)];
}

/** Since version 1.34: with a host, the kubelet asks that host from its node, whatever the pod may reach itself. */
function hostHandlers(name: string, at: Cursor): Violation[] {
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => [probe, at.get(probe)] as const);
  const hooks = ['postStart', 'preStop'].map((hook) => [hook, at.get('lifecycle', hook)] as const);
  return [...probes, ...hooks].flatMap(([handler, where]) =>
    ['httpGet', 'tcpSocket'].flatMap((kind) => {
      const host = where.get(kind, 'host');
      const text = `the ${handler} of container ${name} asks the host ${host.string() ?? ''}`;
      return (host.string() ?? '') === '' ? [] : [broken('baseline', 'host probes and lifecycle hooks', host, text)];
    }),
  );
}

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** What set the profile before `appArmorProfile` did, and still does. */
function appArmorAnnotations(metadata: Cursor): Violation[] {
  return metadata
    .get('annotations')
    .entries()
    .flatMap(([key, at]) => {
      if (!key.startsWith(APP_ARMOR) || /^(?:runtime\/default|localhost\/.*)?$/.test(at.string() ?? '')) return [];
      const text = `container ${key.slice(APP_ARMOR.length)} has the AppArmor profile ${at.string()}`;
      return [broken('baseline', 'appArmorProfile', at, text)];
    });
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
