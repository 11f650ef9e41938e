// SPDX-License-Identifier: GPL-2.0-or-later
/** A manual page of a command, from the same table as its help. */
import { type Command, Help, type Option } from 'commander';
import { released, version } from '../version.js';
import { helpTextOf, runsOf } from './help-text.js';
import { bold, entry, paragraph, roff, term, verbatim } from './roff.js';

const help = Object.assign(new Help(), { showGlobalOptions: true });

const isOwn = (command: Command): boolean => command.name() !== 'help';
/** Subcommands that the help shows, `help` aside. */
const subcommandsOf = (command: Command): Command[] => help.visibleCommands(command).filter(isOwn);

/** `specialbit arch encode` */
function fullName(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
  return names.join(' ');
}

/** The name of its page: `specialbit-arch` for `specialbit arch`. */
export const pageName = (command: Command): string => fullName(command).replaceAll(' ', '-');

/** The page of `specialbit` itself, or of one of its commands with all below it. */
export function manualPage(command: Command): string {
  const top = command.parent === null;
  const subcommands = subcommandsOf(command);
  const parts = [
    heading(pageName(command)),
    `.SH NAME\n${roff(pageName(command))} \\- ${roff(summary(command))}\n`,
    `.SH SYNOPSIS\n${synopsis(command)}${top ? '' : subcommands.map((one) => `.br\n${synopsis(one)}`).join('')}`,
    `.SH DESCRIPTION\n${paragraph([sentence(command)])}${words(command)}`,
    section('ARGUMENTS', argumentsOf(command)),
    section('OPTIONS', optionsOf(command)),
    top ? section('COMMANDS', subcommands.map(commandLine).join('')) : subcommands.map(subsection).join(''),
    examples(command),
    exitStatus(command, '.SH EXIT STATUS\n'),
    top ? ENVIRONMENT : '',
    seeAlso(command),
  ];
  return parts.join('');
}

const heading = (name: string): string =>
  `.\\" SPDX-License-Identifier: GPL-2.0-or-later\n.TH ${roff(name.toUpperCase())} 1 ${released()} "specialbit ${version()}" "specialbit manual"\n`;

const section = (title: string, text: string): string => (text === '' ? '' : `.SH ${title}\n${text}`);

/** As the list of commands has it: begins small, has no full stop. */
const summary = (command: Command): string => command.description().replace(/\.$/, '').replace(/^An /, 'an ');

function sentence(command: Command): string {
  const text = command.description();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

function synopsis(command: Command): string {
  return `${bold(fullName(command))} ${term(command.usage())}\n`;
}

function argumentsOf(command: Command): string {
  return help
    .visibleArguments(command)
    .map((argument) => entry(`\\fI${roff(argument.name())}\\fR`, sentenceOf(help.argumentDescription(argument))))
    .join('');
}

function optionsOf(command: Command): string {
  const own = help.visibleOptions(command);
  const inherited = help.visibleGlobalOptions(command).filter((option) => option.long !== '--version');
  return [...own, ...inherited].map(optionEntry).join('');
}

function optionEntry(option: Option): string {
  return entry(term(option.flags), sentenceOf(help.optionDescription(option)));
}

const sentenceOf = (text: string): string => (text === '' ? 'See above.' : text);

/** What stands behind the options in the help. */
function words(command: Command): string {
  return helpTextOf(command)
    .blocks.map((block) => {
      const runs = runsOf(block);
      return `.PP\n${runs.map(({ indented, lines }) => (indented ? verbatim(lines) : paragraph(lines))).join('')}`;
    })
    .join('');
}

function commandLine(command: Command): string {
  return entry(`${bold(pageName(command))}(1)`, summary(command));
}

/** A command below the page's own: all that its help says. */
function subsection(command: Command): string {
  const own = help.visibleOptions(command).map(optionEntry).join('');
  const shown = helpTextOf(command).examples;
  const title = fullName(command).toUpperCase();
  return [
    `.SH ${roff(title)}\n${synopsis(command)}.PP\n${paragraph([sentence(command)])}`,
    words(command),
    argumentsOf(command),
    own,
    shown.length === 0 ? '' : `.PP\nExamples:\n${verbatim(shown)}`,
    // said again only where it is not what is said of all
    exitStatus(command, '.PP\nExit codes:\n', command.parent === null ? '' : exitsOf(command.parent)),
  ].join('');
}

function examples(command: Command): string {
  const { examples: shown } = helpTextOf(command);
  return shown.length === 0 ? '' : `.SH EXAMPLES\n${verbatim(shown)}`;
}

function exitsOf(command: Command): string {
  const { exits } = helpTextOf(command);
  return exits.map(([code, meaning]) => entry(code, meaning)).join('');
}

function exitStatus(command: Command, title: string, before = ''): string {
  const text = exitsOf(command);
  return text === '' || text === before ? '' : `${title}${text}`;
}

const ENVIRONMENT = `.SH ENVIRONMENT\n${[
  entry(bold('NO_COLOR'), 'Set and not empty: no colour.'),
  entry(bold('FORCE_COLOR'), 'Colour even where the output is no terminal; 0 for none.'),
  entry(bold('XDG_CACHE_HOME'), 'Where caches and kernels of the laboratory are kept, in a folder "specialbit".'),
  entry(bold('DEBUG'), 'With the value "specialbit": shows where in the program an error was made.'),
].join('')}`;

function seeAlso(command: Command): string {
  const others = command.parent === null ? subcommandsOf(command) : [command.parent];
  const names = others.map((one) => `.BR ${roff(pageName(one))} (1)`);
  return `.SH SEE ALSO\n${names.join(',\n').replace(/ \(1\),\n/g, ' (1),\n')}\n.PP\nhttps://github.com/specialbit/specialbit\n`;
}
