import { Argument, type Command } from 'commander';
import type { DefineVerb } from './verbs.ts';

const EXAMPLES = `
Examples
  launchgate completion bash > ~/.local/share/bash-completion/completions/launchgate
  launchgate completion zsh > "\${fpath[1]}/_launchgate"
  launchgate completion fish > ~/.config/fish/completions/launchgate.fish

The script asks the launchgate on the PATH what may come next, so it knows the flags of that version and the names of the platform around.`;

/** `launchgate completion SHELL`. */
export const completion: DefineVerb = (command, io, done): Command => {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', EXAMPLES)
    .action((shell: keyof typeof SCRIPTS) => {
      io.out(SCRIPTS[shell]);
      done(0);
    });
  command
    .command('words', { hidden: true })
    .description('what may stand in place of the last of these words, for the scripts')
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { suggestions, FILES } = await import('./suggestions.ts');
      const found = await suggestions(words, io);
      io.out(found.map((one) => (one === FILES ? FILES : `${one.word}\t${one.says}`)).join('\n'));
      done(0);
    });
  return command;
};

/** Lines of `completion words`: a word, a tab, what it means; `:files` alone stands for the names of files. */
const SCRIPTS = {
  bash: `# launchgate completion for bash
_launchgate() {
  local word="\${COMP_WORDS[COMP_CWORD]}" one says
  [ "$word" = = ] && word=
  COMPREPLY=()
  while IFS=$'\\t' read -r one says; do
    if [ "$one" = :files ]; then
      compopt -o filenames
      while IFS= read -r one; do COMPREPLY+=("$one"); done < <(compgen -f -- "$word")
    elif [[ "$one" == "$word"* ]]; then
      COMPREPLY+=("$one")
    fi
  done < <(launchgate completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -F _launchgate launchgate`,

  zsh: `#compdef launchgate
_launchgate() {
  local line
  local -a words_said
  for line in "\${(@f)$(launchgate completion words -- "\${(@)words[2,CURRENT]}" 2> /dev/null)}"; do
    if [[ $line == :files ]]; then compset -P '--*='; _files
    elif [[ -n $line ]]; then words_said+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}"); fi
  done
  (( $#words_said )) && _describe -t words 'launchgate' words_said
}
if [[ $funcstack[1] == _launchgate ]]; then _launchgate "$@"; else compdef _launchgate launchgate; fi`,

  fish: `# launchgate completion for fish
function __launchgate_words
    set -l typed (commandline -opc) (commandline -ct)
    for line in (launchgate completion words -- $typed[2..-1] 2>/dev/null)
        if test "$line" = :files
            set -l option (string match -r -- '^--[^=]*=' $typed[-1]; or echo)
            for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' $typed[-1]))
                echo $option$path
            end
        else
            echo $line
        end
    end
end
complete -c launchgate -f -a '(__launchgate_words)'`,
} as const;
