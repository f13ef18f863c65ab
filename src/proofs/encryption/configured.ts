import { Cursor } from '../../model/cursor.ts';
import type { Directive } from '../../model/document.ts';
import { environmentOf } from '../../model/env.ts';
import { workloadName, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { mountedFiles, type MountedFile } from '../../model/mounted-files.ts';
import { isInVolume } from './files.ts';
import { flagOf, programsOf, type Program } from './programs.ts';
import { judgeCollector, judgeQdrant, judgeTemporal, judgeTemporalVariables } from './judges/documents.ts';
import { judgeMySql, judgePgBouncer, readIni } from './judges/ini.ts';
import { judgeKafka, kafkaSetting } from './judges/kafka.ts';
import { readNatsConf } from './judges/nats-conf.ts';
import { judgeNats } from './judges/nats.ts';
import { judgeNginx } from './judges/nginx.ts';
import { judgeRedis } from './judges/redis.ts';
import { readPostgres } from './postgres-files.ts';
import { directives, document, type Told } from './told.ts';
import type { Door, Setting } from './types.ts';

/** The doors of every server that a workload runs and whose configuration is understood. */
export function configuredDoors(view: PlatformView, workload: Workload): Door[] {
  return programsOf(workload).flatMap((program) => {
    const files = mountedFiles(view, workload, program.container);
    const name = program.container.get('name').string() ?? '';
    const variables = Object.fromEntries(
      environmentOf(view, workload)
        .filter(({ container }) => container === name)
        .flatMap(({ name: key, source }) =>
          'value' in source && source.value !== undefined ? [[key, source.value]] : [],
        ),
    );
    return JUDGES[program.kind]({ view, workload, program, files, variables });
  });
}

const JUDGES: Readonly<Record<Program['kind'], (told: Told) => Door[]>> = {
  postgres: readPostgres,
  patroni: readPostgres,
  redis: (told) => redis(told, 'redis'),
  sentinel: (told) => redis(told, 'sentinel'),
  nats,
  kafka,
  mysql,
  qdrant: ({ program, files, variables, view }) => {
    const file = files.find(({ path }) => /\/config\/(?:production|config|local)\.ya?ml$/.test(path));
    return judgeQdrant(document(view, file) ?? new Cursor({}, program.container.origin), variables);
  },
  temporal,
  pgbouncer,
  nginx: ({ view, files }) =>
    files
      .filter(({ path }) => path.endsWith('.conf'))
      .flatMap((file) => judgeNginx(directives(view, 'nginx-conf', file).directives)),
  collector: ({ view, program, files }) => {
    const at = document(
      view,
      files.find(({ path }) => path === flagOf(program.arguments, '--config')),
    );
    return at === undefined ? [] : judgeCollector(at);
  },
};

function redis(told: Told, program: 'redis' | 'sentinel'): Door[] {
  const {
    program: { arguments: words, container, configuresItself },
    view,
  } = told;
  const { origin } = container;
  const include: Directive = { name: 'include', args: [], origin };
  const read = (path: string): Directive[] => {
    const file = fileOf(told, path);
    return file === undefined ? [include] : directives(view, 'redis-conf', file).directives.flatMap(followed);
  };
  const followed = (directive: Directive): Directive[] =>
    directive.name === 'include' && told.files.some(({ path }) => path === directive.args[0])
      ? read(directive.args[0] ?? '')
      : [directive];
  const first = words.findIndex((word) => word.startsWith('-'));
  const config = words.slice(0, first === -1 ? words.length : first).find((word) => word.includes('/'));
  const fromFlags = flags(words).flatMap(({ name, args }) =>
    name === 'include' ? read(args[0] ?? '') : [{ name, args, origin }],
  );
  const all = [...(configuresItself ? [include] : []), ...(config === undefined ? [] : read(config)), ...fromFlags];
  return judgeRedis({
    directives: all,
    program,
    origin: config === undefined ? origin : (fileOf(told, config)?.origin ?? origin),
  });
}

/** `--port 0 --tls-port 6380` as the directives they stand for. */
function flags(words: readonly string[]): { name: string; args: string[] }[] {
  const found: { name: string; args: string[] }[] = [];
  for (const word of words) {
    if (word.startsWith('--')) found.push({ name: word.slice(2).toLowerCase(), args: [] });
    else found.at(-1)?.args.push(word);
  }
  return found;
}

/**
 * The file at a path: mounted there; or made when the pod starts, by a script of the pod that copies a mounted file of the same name
 * to it, and then taken as that file.
 */
function fileOf({ files, program, view, workload }: Told, path: string): MountedFile | undefined {
  const mounted = files.find((file) => file.path === path);
  if (mounted !== undefined || !isInVolume(program.container, path)) return mounted;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return mountedFiles(view, workload, program.container).find(
    (file) =>
      file.path.endsWith(`/${name}`) && files.some(({ text }) => text.includes(file.path) && text.includes(path)),
  );
}

function nats(told: Told): Door[] {
  const { program } = told;
  const path = flagOf(program.arguments, '--config', '-c', '-config');
  const file = path === undefined ? undefined : fileOf(told, path);
  const { origin } = program.container;
  if (path !== undefined && file === undefined)
    return [
      {
        name: 'clients of NATS',
        role: 'clients',
        plaintext: 'unknown',
        certificate: 'unknown',
        because: `${path} is not in a ConfigMap of the repository`,
        origin,
        remedy: '',
      },
    ];
  return judgeNats({
    flags: program.arguments,
    origin: file?.origin ?? origin,
    ...(file !== undefined && { file: readNatsConf(file.text) }),
  });
}

function kafka({ variables, files, program }: Told): Door[] {
  const { origin } = program.container;
  const file = files.find(({ path }) => path.endsWith('server.properties'));
  const settings: Record<string, Setting> = {};
  for (const line of (file?.text ?? '').split(/\r\n|\r|\n/)) {
    const [, name, value] = /^\s*([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) settings[name] = { value, origin: file?.origin ?? origin };
  }
  for (const [name, value] of Object.entries(variables)) {
    const setting = kafkaSetting(name);
    if (setting !== undefined) settings[setting] = { value, origin };
  }
  return judgeKafka({ settings, complete: file !== undefined || !program.configuresItself, origin });
}

function mysql({ files, program }: Told): Door[] {
  const { origin } = program.container;
  const settings = Object.assign(
    {},
    ...files.filter(({ path }) => path.endsWith('.cnf')).map((file) => readIni(file.text, file.origin)),
  );
  return judgeMySql(settings, program.arguments, !program.configuresItself, origin);
}

function temporal({ view, files, program, variables, workload }: Told): Door[] {
  const path = flagOf(program.arguments, '--config-file');
  const file =
    files.find((one) => one.path === path) ??
    files.find((one) => /\.ya?ml$/.test(one.path) && /\bpersistence:/.test(one.text));
  const at = document(view, file);
  if (at !== undefined) return judgeTemporal(at);
  if (file === undefined) return judgeTemporalVariables(variables, program.container);
  return [
    {
      name: 'clients of Temporal',
      role: 'clients',
      plaintext: 'unknown',
      certificate: 'unknown',
      because: `the configuration of ${workloadName(workload)} is a template that is filled in at start`,
      origin: file.origin,
      remedy: '',
    },
  ];
}

function pgbouncer({ files, program, variables }: Told): Door[] {
  const file = files.find(({ path }) => path.endsWith('.ini'));
  const { origin } = program.container;
  const mode = variables['CLIENT_TLS_SSLMODE'] ?? variables['PGBOUNCER_CLIENT_TLS_SSLMODE'];
  const settings = file === undefined ? {} : readIni(file.text, file.origin);
  if (mode !== undefined) settings['pgbouncer.client_tls_sslmode'] = { value: mode, origin };
  return judgePgBouncer(settings, file?.origin ?? origin);
}
