import { Argument, Command } from 'commander';
import type { Io } from './io.ts';
import { verbs, type DefineVerb } from './verbs.ts';

const EXAMPLES = `
Examples
  launchgate completion bash > ~/.local/share/bash-completion/completions/launchgate
  launchgate completion zsh > "\${fpath[1]}/_launchgate"
  launchgate completion fish > ~/.config/fish/completions/launchgate.fish`;

/** `launchgate completion SHELL`. */
export const completion: DefineVerb = (command, io, done): Command =>
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { catalog } = await import('../controls/catalog.ts');
      io.out(
        SCRIPTS[shell](
          verbs.map(({ name, summary }) => [name, summary]),
          await innerVerbs(io),
          catalog.map(({ id }) => id),
          catalog.filter(({ halves }) => halves.includes('drill')).map(({ id }) => id),
        ),
      );
      done(0);
    });

type Verbs = readonly (readonly [name: string, summary: string])[];

/** Verbs of verbs. */
type Inner = readonly (readonly [verb: string, words: string])[];

/** Verbs that take a control as their first word. */
const OF_CONTROLS = ['controls', 'waive', 'exclude'];

/** Asked of the verbs themselves; `completion` is being defined, and takes the name of a shell as `help` takes that of a verb. */
async function innerVerbs(io: Io): Promise<Inner> {
  const defined = verbs
    .filter(({ name }) => name !== 'completion')
    .map(async ({ name, load }) => {
      const { commands } = (await load())(new Command(name), io, () => undefined);
      return [name, commands.map((one) => one.name()).join(' ')] as const;
    });
  return [
    ...(await Promise.all(defined)).filter(([, words]) => words !== ''),
    ['help', verbs.map(({ name }) => name).join(' ')],
    ['completion', Object.keys(SCRIPTS).join(' ')],
  ];
}

const SCRIPTS = { bash, zsh, fish } as const;

function bash(known: Verbs, inner: Inner, ids: readonly string[], drilled: readonly string[]): string {
  return `# launchgate completion for bash
_launchgate() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${known.map(([name]) => name).join(' ')}" -- "$word"))
${inner
  .map(
    ([verb, words]) => `  elif [ "\${COMP_WORDS[1]}" = ${verb} ] && [ "$COMP_CWORD" -eq 2 ]; then
    COMPREPLY=($(compgen -W "${words}" -- "$word"))`,
  )
  .join('\n')}
  elif [ "\${COMP_WORDS[1]}" = drill ] && [[ "$word" != -* ]]; then
    COMPREPLY=($(compgen -W "${drilled.join(' ')}" -- "$word"))
  elif [[ "\${COMP_WORDS[1]}" = @(${OF_CONTROLS.join('|')}) && "$COMP_CWORD" -eq 2 ]] || [ "$previous" = -c ] || [ "$previous" = --control ]; then
    COMPREPLY=($(compgen -W "${ids.join(' ')}" -- "$word"))
  else
    local IFS=$'\\n' # a name may hold spaces
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _launchgate launchgate`;
}

function zsh(known: Verbs, inner: Inner, ids: readonly string[], drilled: readonly string[]): string {
  return `#compdef launchgate
_launchgate() {
  local -a verbs ids
  verbs=(${known.map(([name, summary]) => `'${name}:${summary.replaceAll("'", '’')}'`).join(' ')})
  ids=(${ids.join(' ')})
  if (( CURRENT == 2 )); then _describe verb verbs
${inner.map(([verb, words]) => `  elif [[ $words[2] == ${verb} ]] && (( CURRENT == 3 )); then compadd ${words}`).join('\n')}
  elif [[ $words[2] == drill && $words[CURRENT] != -* ]]; then compadd ${drilled.join(' ')}
  elif [[ $words[2] == (${OF_CONTROLS.join('|')}) && $CURRENT == 3 || $words[CURRENT-1] == (-c|--control) ]]; then compadd -a ids
  else _files; fi
}
_launchgate "$@"`;
}

function fish(known: Verbs, inner: Inner, ids: readonly string[], drilled: readonly string[]): string {
  return [
    '# launchgate completion for fish',
    ...known.map(
      ([name, summary]) =>
        `complete -c launchgate -n __fish_use_subcommand -f -a ${name} -d '${summary.replaceAll("'", '’')}'`,
    ),
    ...inner.map(([verb, words]) => `complete -c launchgate -n '__fish_seen_subcommand_from ${verb}' -f -a '${words}'`),
    `complete -c launchgate -n '__fish_seen_subcommand_from drill' -f -a '${drilled.join(' ')}'`,
    `complete -c launchgate -n '__fish_seen_subcommand_from ${OF_CONTROLS.join(' ')}' -f -a '${ids.join(' ')}'`,
    `complete -c launchgate -s c -l control -x -a '${ids.join(' ')}'`,
  ].join('\n');
}
