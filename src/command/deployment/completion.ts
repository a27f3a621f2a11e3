import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** Completes the names of commands, and the flags of each; else files. */
export function completionScript(program: Command, shell: Shell): string {
  return shell === 'fish' ? fishScript(program) : bashScript(program, shell);
}

function bashScript(program: Command, shell: Shell): string {
  const cases = program.commands.map(
    (command) => `    ${command.name()}) flags="${flagsOf(command).join(' ')}" ;;`,
  );
  const names = program.commands.map((command) => command.name());
  const start = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
  return `${start}_sluice() {
  local word="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" flags=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...names, 'help', ...flagsOf(program)].join(' ')}" -- "$word"))
    return
  fi
  case "$command" in
${cases.join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$flags ${flagsOf(program).join(' ')}" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _sluice sluice
`;
}

function fishScript(program: Command): string {
  const commands = program.commands.map(
    (command) =>
      `complete -c sluice -n __fish_use_subcommand -f -a ${command.name()} -d ${JSON.stringify(command.description())}`,
  );
  const flags = program.commands.flatMap((command) =>
    command.options.map(
      ({ long, description }) =>
        `complete -c sluice -n '__fish_seen_subcommand_from ${command.name()}' -l ${(long ?? '').slice(2)} -d ${JSON.stringify(description)}`,
    ),
  );
  return `${[...commands, ...flags].join('\n')}\n`;
}

function flagsOf(command: Command): readonly string[] {
  return [...command.options.map(({ long }) => long ?? ''), '--help'];
}
