import type { Cursor } from '../../../model/cursor.ts';
import { workloadName, type Workload } from '../../../model/kube.ts';
import type { MountedFile } from '../../../model/mounted-files.ts';
import { readIni } from '../judges/ini.ts';
import type { Care, Connection } from '../types.ts';
import { hostsOf, readAddress } from './url.ts';

/** A script: a file that is mounted, or what a command line holds. */
type Text = Pick<MountedFile, 'path' | 'text' | 'origin'>;

/**
 * Connections that scripts and files of a container are seen to make: addresses with a scheme, redis-cli, openssl over a list of
 * endpoints, and the hosts of pgBackRest. A reading of text, so only names of the cluster count and comments do not.
 */
export function scriptedConnections(workload: Workload, container: Cursor, files: readonly Text[]): Connection[] {
  const words = [...container.get('command').strings(), ...container.get('args').strings()].join(' ');
  const texts = [{ path: 'command', text: words, origin: container.origin }, ...files];
  const from = workloadName(workload);
  return texts.flatMap((file) => [
    ...addresses(file, from),
    ...redisClients(file, from),
    ...pgBackRest(file, from),
    ...(files.some(({ text }) => /\bopenssl\s+s_client\b/.test(text)) ? endpoints(file, files, from) : []),
  ]);
}

function addresses({ text, path, origin }: Text, from: string): Connection[] {
  return linesOf(text).flatMap((line) =>
    (line.match(/\b[a-z][a-z+]*:\/\/[^\s"'<>|;)\\]+/g) ?? []).flatMap((found) => {
      const address = /[$`{]/.test(found) ? undefined : readAddress(found);
      return (address?.hosts ?? [])
        .filter(({ host }) => host.endsWith('.svc') || host.includes('.svc.'))
        .map((host) => ({
          from,
          ...host,
          care: address?.care ?? 'unknown',
          because: `in ${baseName(path)} ${address?.because}`,
          origin,
        }));
    }),
  );
}

/** `redis-cli --tls --cacert … -h host -p port`; a variable before the first dot stands for any member. */
function redisClients({ text, path, origin }: Text, from: string): Connection[] {
  const code = linesOf(text).join('\n');
  if (!/\bredis-cli\b/.test(code)) return [];
  const isTls = /(?:^|[\s"])--tls\b/.test(code);
  const care: Care = !isTls ? 'plaintext' : /--insecure\b/.test(code) ? 'encrypted' : 'verified';
  return [...code.matchAll(/\s-h\s+"?(?:\$\{?\w+\}?\.)?([\w.-]+)"?(?:\s+-p\s+(\d+))?/g)].flatMap(
    ([, host = '', port]) =>
      hostsOf(host, port === undefined ? 6379 : Number(port)).map((one) => ({
        from,
        ...one,
        care,
        because: `redis-cli in ${baseName(path)} is${isTls ? '' : ' not'} told --tls${care === 'encrypted' ? ' with --insecure' : ''}`,
        origin,
      })),
  );
}

/** `pg1-host` with `pg1-host-type=tls`, which verifies with `pg1-host-ca-file` (pgbackrest.org/configuration.html). */
function pgBackRest({ text, path, origin }: Text, from: string): Connection[] {
  if (!/^pg\d+-host-type\s*=\s*tls/m.test(text)) return [];
  const settings = readIni(text, origin);
  return Object.entries(settings).flatMap(([name, { value, origin: at }]) => {
    const key = /^(.+\.pg\d+_host)$/.exec(name)?.[1];
    if (key === undefined) return [];
    const isTls = settings[`${key}_type`]?.value === 'tls';
    const care: Care = !isTls ? 'unknown' : settings[`${key}_ca_file`] === undefined ? 'encrypted' : 'verified';
    const port = Number(settings[`${key}_port`]?.value ?? 8432);
    return [
      {
        from,
        host: value,
        port,
        care,
        because: `${baseName(path)} has ${isTls ? 'host-type tls' : 'no host-type tls'}${care === 'verified' ? ' with a CA' : ''}`,
        origin: at,
      },
    ];
  });
}

/** Lines that begin with `host:port`, in a file beside a script that hands them to openssl. */
function endpoints({ text, path, origin }: Text, files: readonly Text[], from: string): Connection[] {
  const scripts = files.filter((file) => /\bopenssl\s+s_client\b/.test(file.text)).map((file) => file.text);
  const verifies = scripts.every(
    (script) => script.includes('-verify_return_error') && script.includes('-verify_hostname'),
  );
  return linesOf(text).flatMap((line) => {
    const [, host, port] = /^\s*([a-z0-9][a-z0-9.-]*\.svc(?:\.[a-z0-9.-]+)?):(\d+)(?:\s|$)/.exec(line) ?? [];
    if (host === undefined) return [];
    return [
      {
        from,
        host,
        port: Number(port),
        care: verifies ? 'verified' : 'encrypted',
        because: `openssl verifies ${verifies ? 'issuer and name of' : 'nothing of'} the endpoints in ${baseName(path)}`,
        origin,
      },
    ];
  });
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/).filter((line) => !/^\s*(?:#|;|\/\/)/.test(line));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
