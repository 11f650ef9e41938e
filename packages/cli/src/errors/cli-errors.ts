// SPDX-License-Identifier: GPL-2.0-or-later
/** The catalogue of what can be wrong with a command line and with what it names. */
import type { ErrorCatalogue } from '@specialbit/events';

export const CLI_ERRORS = {
  'usage.command': {
    summary: 'There is no command, option or argument of this kind.',
    remedy: '`specialbit --help` lists the commands, `specialbit COMMAND --help` the options of one.',
  },
  'usage.architecture': {
    summary: 'There is no architecture of this name, or too few were given.',
    remedy: '`specialbit arch` lists them.',
  },
  'model.answer': {
    summary: 'Another implementation that `specialbit verify --model` runs ended early, or wrote what is no record.',
    remedy: 'Run it by hand on what `specialbit transcribe --strip FILE` prints; docs/corpus.md has the format.',
  },
  'input.corpus': {
    summary: 'The package with the corpus is not installed.',
    remedy: '`npm install @specialbit/corpus`, or name transcripts.',
  },
  'mcp.ended': {
    summary: 'A call of a tool of `specialbit mcp` was ended before it had an answer.',
    remedy: 'Ask for less (fewer lanes and events, a lower depth), or start the server with other limits.',
  },
  'usage.kernel': {
    summary: 'There is no kernel of this name, or the same one was given twice.',
    remedy: '`specialbit kernel list` lists them.',
  },
  'usage.facts': {
    summary: 'No event, part of the model or kernel function of the model is called so.',
    remedy: '`specialbit kernel facts` lists them.',
  },
  'usage.feature': {
    summary: 'There is no kernel feature of this name.',
    remedy: '`specialbit kernel show KERNEL` lists those of a kernel.',
  },
  'usage.moment': {
    summary: 'The log has no such moment.',
    remedy: 'A moment is the number of events before it, at most as many as the log has.',
  },
  'usage.options': {
    summary: 'Two options exclude each other, or one needs another.',
    remedy: 'The message says which.',
  },
  'usage.queue': {
    summary: 'A queue needs a package that is not installed.',
    remedy: 'Install it beside the command: `npm install @specialbit/queue`.',
  },
  'usage.node': {
    summary: 'The Node.js that runs the command is too old for it.',
    remedy: 'Install Node.js 20.19 or newer, or run the command with another one that is there.',
  },
  'usage.files': {
    summary: 'Too few files were named, too many, or such that do not go together.',
    remedy: 'The message says what the command takes.',
  },
  'usage.report': {
    summary: 'A text is no report of a bad page map, or a part of one is missing.',
    remedy: 'Give the lines from "BUG: Bad page map" on, with "pte:" and "addr:".',
    kernel: 'print_bad_pte(), mm/memory.c',
  },
  'usage.pfn': {
    summary: 'The pfn field of the architecture cannot hold this pfn.',
    remedy: 'Give a pfn below the end of its physical addresses.',
    kernel: 'pfn_pte(), pte_pfn(), asm/pgtable.h of the architecture',
  },
  'usage.terminal': {
    summary: 'The command needs a terminal and has none.',
    remedy: 'Run it in a terminal; `replay` and `compare` print the same.',
  },
  'usage.scenario': {
    summary: 'The gallery has no such scenario.',
    remedy: '`specialbit gallery` lists them.',
  },
  'usage.code': {
    summary: 'There is no error with this code.',
    remedy: '`specialbit errors` lists them.',
  },
  'usage.schema': {
    summary: 'There is no schema of this name.',
    remedy: '`specialbit schema --list` lists them.',
  },
  'usage.print': {
    summary: 'specialbit runs nothing as root itself.',
    remedy: 'Give --print, read the script, and run it.',
  },
  'input.unreadable': {
    summary: 'A file cannot be read.',
    remedy: 'Check the path and its permissions.',
  },
  'input.unwritable': {
    summary: 'A file cannot be written.',
    remedy: 'Check the path, its permissions and the room on the disk.',
  },
  'input.changed': {
    summary: 'A log that replay --follow reads was truncated or removed, or its name was given to another file.',
    remedy: 'Run the command again: what is there now is another log.',
  },
  'input.interrupted': {
    summary: 'Writing was interrupted; the file was left as it was.',
    remedy: 'Run the command again.',
  },
  'input.header': {
    summary: 'A log does not begin with a header line.',
    remedy: 'Put {"specialbit":1} in its first line.',
  },
  'input.architecture': {
    summary: 'The header of a log names an architecture that is not known.',
    remedy: 'Correct it, load its plugin (--plugin), or choose others with --arch.',
  },
  'input.kernel': {
    summary: 'The header of a log names a kernel or a feature that is not known.',
    remedy: 'Correct it, or choose another with --kernel.',
  },
  'input.page': {
    summary: 'The page is not there.',
    remedy: 'Build it (`npm run build`), or install the command anew.',
  },
  'input.port': {
    summary: 'A port cannot be listened to.',
    remedy: 'Give another one, or leave --port out for a free one.',
  },
  'input.recording': {
    summary: 'A file is no recording, or not of the kind that the command takes.',
    remedy: 'docs/importing.md lists the kinds and the commands that take them.',
  },
  'input.transcripts': {
    summary: 'A folder has no transcripts.',
    remedy: 'Name files, or a folder with *.jsonl or *.jsonl.gz below it.',
  },
  'input.known': {
    summary: 'A file of known divergences is not in its format.',
    remedy: 'docs/verify.md describes it.',
  },
  'input.examples': {
    summary: 'The examples are not part of this installation.',
    remedy: 'Name logs, or folders of them.',
  },
  'input.scenario': {
    summary: 'The description of a scenario of the gallery cannot be read.',
    remedy: 'Install specialbit again, or correct scenario.json.',
  },
  'input.folder': {
    summary: 'A folder that would be written exists and is not empty.',
    remedy: 'Choose another, or empty it; reproduce --force writes into it.',
  },
  'input.inexpressible': {
    summary: 'A log has nothing that a reproducer could carry out.',
    remedy: 'The message says what its first event needs; `specialbit reproduce --table` shows several logs.',
  },
  'input.plugin': {
    summary: 'A plugin cannot be loaded, or brings no architecture that can be used.',
    remedy: 'docs/plugin-authoring.md says what a plugin is; `specialbit arch check` tests one.',
  },
  'input.vectors': {
    summary: 'A file of golden vectors cannot be read.',
    remedy: 'docs/plugin-authoring.md describes its format.',
  },
} as const satisfies ErrorCatalogue;
