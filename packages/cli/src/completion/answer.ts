// SPDX-License-Identifier: GPL-2.0-or-later
/** What can stand at the end of a command line: told from the commands, their options and arguments. */
import { type Argument, type Command, Help, type Option } from 'commander';
import { type Candidate, type Line, type Place, valuesAt } from './values.js';

export interface Answer {
  readonly candidates: readonly Candidate[];
  /** Names of files fit as well. */
  readonly files: boolean;
  /** More may follow without a space: an item of a list, a value behind `=`. */
  readonly open: boolean;
}

const help = Object.assign(new Help(), { showGlobalOptions: true });
const NOTHING: Answer = { candidates: [], files: false, open: false };

/** A line as far as it was typed: what it is of, and what its last word is to be. */
interface Read extends Line {
  readonly command: Command;
  /** The option whose value is to come. */
  readonly pending: Option | undefined;
  /** `--` came: no more options. */
  readonly ended: boolean;
}

/** What completes the last of `words`, which stand behind the name of the program. */
export async function answer(program: Command, words: readonly string[]): Promise<Answer> {
  const current = words.at(-1) ?? '';
  const line = read(program, words.slice(0, -1));
  if (line.pending !== undefined) return valuesOf(line, ofOption(line.command, line.pending), current, '');
  if (current.startsWith('-') && !line.ended) {
    const [flag, value] = /^(--[^=]*=)(.*)$/s.exec(current)?.slice(1) ?? [];
    if (flag === undefined) return { ...NOTHING, candidates: optionsAt(line.command, current) };
    const option = optionNamed(line.command, flag.slice(0, -1));
    return option === undefined ? NOTHING : valuesOf(line, ofOption(line.command, option), value!, flag);
  }
  const commands = line.given.length === 0 ? subcommandsAt(line.command, current) : [];
  const argument = argumentAt(line.command, line.given.length);
  if (argument === undefined) return { ...NOTHING, candidates: commands };
  const values = await valuesOf(line, ofArgument(line.command, argument), current, '');
  return { ...values, candidates: [...commands, ...values.candidates] };
}

function read(program: Command, words: readonly string[]): Read {
  let command = program;
  let pending: Option | undefined;
  let ended = false;
  const given: string[] = [];
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (ended) given.push(word);
    else if (word === '--') ended = true;
    else if (word.startsWith('-') && word !== '-') {
      const option = word.includes('=') ? undefined : optionNamed(command, word);
      if (option?.required === true || option?.optional === true) pending = option;
    } else {
      const below = given.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (below === undefined) given.push(word);
      else command = below;
    }
  }
  return { program, command, given, pending, ended };
}

const optionsOf = (command: Command): Option[] => [
  ...help.visibleOptions(command),
  ...(command.parent === null ? [] : help.visibleGlobalOptions(command)),
];

/** `--lane, --arch <names>` has two long names. */
const flagsOf = (option: Option): string[] => option.flags.split(/[ ,|]+/).filter((flag) => flag.startsWith('-'));

function optionNamed(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find((option) => flagsOf(option).includes(flag));
}

function optionsAt(command: Command, current: string): Candidate[] {
  return optionsOf(command).flatMap((option) =>
    flagsOf(option)
      // short ones are typed as fast as chosen
      .filter((flag) => flag.startsWith(current) && flag.startsWith('--'))
      .map((flag) => ({ value: flag, about: option.description })),
  );
}

function subcommandsAt(command: Command, current: string): Candidate[] {
  return help
    .visibleCommands(command)
    .filter((one) => one.name().startsWith(current))
    .map((one) => ({ value: one.name(), about: one.description() }));
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const all = command.registeredArguments;
  const last = all.at(-1);
  return all[index] ?? (last?.variadic === true ? last : undefined);
}

function ofOption(command: Command, option: Option): Place {
  const name = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? '';
  return {
    command: pathOf(command),
    option: flagsOf(option).find((flag) => flag.startsWith('--')),
    name,
    choices: option.argChoices,
  };
}

function ofArgument(command: Command, argument: Argument): Place {
  return { command: pathOf(command), option: undefined, name: argument.name(), choices: argument.argChoices };
}

function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim();
}

/** The values at a place, for `current` behind `before`, which stays. */
async function valuesOf(line: Line, place: Place, current: string, before: string): Promise<Answer> {
  const { values, files, list } = await valuesAt(place, line, current);
  // of a list only the last item is completed
  const head = list ? current.slice(0, current.lastIndexOf(',') + 1) : '';
  const candidates = values
    .filter(({ value }) => value.startsWith(current.slice(head.length)))
    .map(({ value, about }) => ({ value: `${before}${head}${value}`, about }));
  return { candidates, files, open: list };
}
