import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** Completes the names of commands, the flags of each, and words where there is a choice; else files. */
export function completionScript(program: Command, shell: Shell): string {
  return shell === 'fish' ? fishScript(program) : bashScript(program, shell);
}

/** A command, and how it is reached from the program: `table list`. */
interface PlacedCommand {
  readonly command: Command;
  readonly path: readonly string[];
}

/** All commands below one, in the order of help. */
function commandsBelow(parent: Command, path: readonly string[] = []): readonly PlacedCommand[] {
  return parent.commands.flatMap((command) => {
    const own = [...path, command.name()];
    return [{ command, path: own }, ...commandsBelow(command, own)];
  });
}

function bashScript(program: Command, shell: Shell): string {
  const all = commandsBelow(program);
  const placed: readonly PlacedCommand[] = [{ command: program, path: [] }, ...all];
  const known = all.map(({ path }) => `"${path.slice(0, -1).join(' ')} ${path.at(-1) ?? ''}"`);
  const start = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
  return `${start}_sluice() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" flags="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$path \${COMP_WORDS[index]}" in
      ${known.join('|')}) path="\${path:+$path }\${COMP_WORDS[index]}" ;;
    esac
  done
  case "$path $before" in
${placed.flatMap(valueCases).join('\n')}
  esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    return
  fi
  case "$path" in
${placed.map((each) => wordCase(each, program)).join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$flags ${flagsOf(program).join(' ')}" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")); [ -n "$words" ] || COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _sluice sluice
`;
}

/** What may stand behind a flag that has a choice. */
function valueCases({ command, path }: PlacedCommand): readonly string[] {
  return command.options.flatMap(({ long, argChoices }) => {
    return argChoices === undefined
      ? []
      : [`    "${path.join(' ')} ${long ?? ''}") words="${argChoices.join(' ')}" ;;`];
  });
}

/** What may stand behind a command. */
function wordCase({ command, path }: PlacedCommand, program: Command): string {
  const flags = command === program ? [] : flagsOf(command);
  return `    "${path.join(' ')}") words="${wordsOf(command, program).join(' ')}" flags="${flags.join(' ')}" ;;`;
}

function wordsOf(command: Command, program: Command): readonly string[] {
  const commands = command.commands.map((each) => each.name());
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  return command === program ? [...commands, 'help'] : [...commands, ...choices];
}

function fishScript(program: Command): string {
  const lines = commandsBelow(program).flatMap(({ command, path }) => {
    const parents = path.slice(0, -1);
    const place = parents.length === 0 ? '__fish_use_subcommand' : `'${seen(parents)}'`;
    const choices = wordsOf(command, program).filter((word) => !isCommandOf(command, word));
    return [
      `complete -c sluice -n ${place} -f -a ${command.name()} -d ${quoted(command.description())}`,
      ...choices.map((word) => `complete -c sluice -n '${seen(path)}' -f -a ${word}`),
      ...fishFlags(command, ` -n '${seen(path)}'`),
    ];
  });
  return `${[...fishFlags(program, ''), ...lines].join('\n')}\n`;
}

function fishFlags({ options }: Command, place: string): readonly string[] {
  return options.map(({ long, description, required, argChoices }) => {
    const value = argChoices === undefined ? (required ? ' -r' : '') : ` -x -a "${argChoices.join(' ')}"`;
    return `complete -c sluice${place} -l ${(long ?? '').slice(2)} -d ${quoted(description)}${value}`;
  });
}

function isCommandOf(parent: Command, word: string): boolean {
  return parent.commands.some((command) => command.name() === word);
}

function seen(path: readonly string[]): string {
  return path.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('$', String.raw`\$`);
}

function flagsOf(command: Command): readonly string[] {
  return [...command.options.map(({ long }) => long ?? ''), '--help'];
}
