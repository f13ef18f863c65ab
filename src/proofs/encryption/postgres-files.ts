import type { Cursor } from '../../model/cursor.ts';
import type { Directive } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import { judgePostgres, type PostgresConfig } from './judges/postgres.ts';
import { directives, document, type Told } from './told.ts';
import type { Door, Setting } from './types.ts';

type Settings = Record<string, Setting>;

/** Finds what PostgreSQL is told: by Patroni's file, by the command line, by mounted files, by the official image's own habits. */
export function readPostgres(told: Told): Door[] {
  const { program } = told;
  const { origin } = program.container;
  const settings: Settings = {};
  let hba: PostgresConfig['hba'] | undefined;
  if (program.kind === 'patroni') {
    const patroni = patroniFile(told);
    if (patroni === undefined)
      return judgePostgres({
        settings,
        hba: { unknown: 'the file of Patroni is not in a ConfigMap of the repository' },
        origin,
      });
    Object.assign(settings, parameters(patroni.get('postgresql', 'parameters')));
    hba = ownRecords(told, patroni);
  } else {
    Object.assign(settings, fromFile(told), fromFlags(program.arguments, origin));
  }
  const named = settings['hba_file']?.value;
  hba = named === undefined ? (hba ?? withoutFile(told)) : readHba(told, named);
  return judgePostgres({ settings, hba, origin });
}

function patroniFile(told: Told): Cursor | undefined {
  const path = told.program.arguments.find((word) => /\.ya?ml$/.test(word));
  return document(
    told.view,
    told.files.find((file) => file.path === path),
  );
}

/** Patroni writes the list of `postgresql.pg_hba`; without one the file stays as `initdb` and `bootstrap.pg_hba` made it. */
function ownRecords({ view }: Told, patroni: Cursor): PostgresConfig['hba'] | undefined {
  const list = patroni.get('postgresql', 'pg_hba').exists
    ? patroni.get('postgresql', 'pg_hba')
    : patroni.get('bootstrap', 'pg_hba');
  if (!list.exists) return undefined;
  return {
    file: 'pg_hba of Patroni',
    records: view.readDirectives('pg-hba', list.strings().join('\n'), list.origin).directives,
  };
}

function parameters(at: Cursor): Settings {
  return Object.fromEntries(
    at.entries().map(([name, value]) => [name.toLowerCase(), { value: String(value.value), origin: value.origin }]),
  );
}

/** `-c name=value` and `--name=value`, as postgres takes them; `-` in a name means `_`. */
function fromFlags(words: readonly string[], origin: Origin): Settings {
  const settings: Settings = {};
  for (const [index, word] of words.entries()) {
    const text =
      word === '-c'
        ? (words[index + 1] ?? '')
        : word.startsWith('--')
          ? word.slice(2)
          : word.startsWith('-c')
            ? word.slice(2)
            : '';
    const [, name, value] = /^([\w.-]+)=(.*)$/.exec(text) ?? [];
    if (name !== undefined && value !== undefined)
      settings[name.toLowerCase().replaceAll('-', '_')] = { value, origin };
  }
  return settings;
}

function fromFile(told: Told): Settings {
  const named = fromFlags(told.program.arguments, told.program.container.origin)['config_file']?.value;
  const file = told.files.find(({ path }) =>
    named === undefined ? path.endsWith('/postgresql.conf') : path === named,
  );
  if (file === undefined) return {};
  return Object.fromEntries(
    directives(told.view, 'postgres-conf', file).directives.map(({ name, args, origin }) => [
      name,
      { value: args[0] ?? '', origin },
    ]),
  );
}

function readHba(told: Told, path: string): PostgresConfig['hba'] {
  const file = told.files.find((one) => one.path === path);
  if (file === undefined) return { unknown: `${path} is not in a ConfigMap of the repository` };
  const { directives: records, isWhole } = directives(told.view, 'pg-hba', file);
  if (!isWhole) return { unknown: `a part of ${path} cannot be read` };
  return { file: path.slice(path.lastIndexOf('/') + 1), records };
}

/** The official image appends this to what `initdb` makes; its scripts in `/docker-entrypoint-initdb.d` may write another file. */
function withoutFile({ files, program, workload }: Told): PostgresConfig['hba'] {
  const mounted = files.find(({ path }) => path.endsWith('/pg_hba.conf'));
  const initialised = program.container
    .get('volumeMounts')
    .items()
    .some((mount) => mount.get('mountPath').string()?.startsWith('/docker-entrypoint-initdb.d') === true);
  if (program.kind === 'patroni' || program.configuresItself || initialised || mounted !== undefined)
    return { unknown: `which pg_hba.conf ${workload.namespace}/${workload.name} reads is not in the manifests` };
  const origin = program.container.get('image').origin;
  const record: Directive = { name: 'host', args: ['all', 'all', 'all', 'scram-sha-256'], origin };
  return { file: 'the pg_hba.conf that the image makes', records: [record] };
}
