// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The commands by name, with what the help says of each in a line: nothing of a command is loaded before it is called.
 * A test compares these lines with what the commands say of themselves.
 */
import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';

export interface CommandEntry {
  readonly name: string;
  /** What stands behind the name in the help. */
  readonly usage: string;
  readonly description: string;
  /** The module that adds the command to a command line. */
  readonly load: () => Promise<{ readonly register: (program: Command, context: CommandContext) => void }>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'replay',
    usage: '[options] <log>',
    description: 'what each event of a log returned and touched, and the state at the end',
    load: () => import('./replay/command.js'),
  },
  {
    name: 'compare',
    usage: '[options] <log> [other]',
    description: 'the events at which architectures, kernels, or two logs part, with the proved cause',
    load: () => import('./compare/command.js'),
  },
  {
    name: 'table',
    usage: '[options] <logs...>',
    description: 'logs by lanes: a row for each answer that is not the same on all of them',
    load: () => import('./table/command.js'),
  },
  {
    name: 'explain',
    usage: '[options] <log> [page]',
    description: "vm_normal_page()'s way to its answer for one PTE, or why an event returned and changed what it did",
    load: () => import('./explain/command.js'),
  },
  {
    name: 'search',
    usage: '[options]',
    description: 'the shortest log at which lanes part, or that does something else, of all that there are',
    load: () => import('./search/command.js'),
  },
  {
    name: 'shrink',
    usage: '[options] <log>',
    description: 'the smallest form of a log at which lanes still part for the same cause',
    load: () => import('./search/shrink-command.js'),
  },
  {
    name: 'interleave',
    usage: '[options] <log>',
    description: 'what can come of threads that run at once: every end, and an order that leads there',
    load: () => import('./search/interleave-command.js'),
  },
  {
    name: 'sweep',
    usage: '[options]',
    description: 'random logs beyond what can be searched whole: a minimal log for each thing that they show',
    load: () => import('./sweep/command.js'),
  },
  {
    name: 'merge',
    usage: '[options] <file...>',
    description: 'what the shards of a sweep found, in whatever order, as if one had done it all',
    load: () => import('./sweep/merge-command.js'),
  },
  {
    name: 'worker',
    usage: '[options]',
    description: 'do jobs of sweeps that "specialbit sweep --queue" has begun, here or on another host',
    load: () => import('./sweep/worker-command.js'),
  },
  {
    name: 'ledger',
    usage: '[options]',
    description: 'for each pair of lanes a shortest log for each cause for which they part',
    load: () => import('./search/ledger-command.js'),
  },
  {
    name: 'advise',
    usage: '[options]',
    description: 'which call and which flags a driver maps its memory with: every way is played for every need',
    load: () => import('./advise/command.js'),
  },
  {
    name: 'atlas',
    usage: '[options] [pages...]',
    description: 'what every kind of mapping does, with and without the bit, on every proven kernel: made, not written',
    load: () => import('./atlas/command.js'),
  },
  {
    name: 'scan',
    usage: '[options] <paths...>',
    description: "reads drivers' C sources: what their mappings are, what works on them, and what goes wrong",
    load: () => import('./scan/command.js'),
  },
  {
    name: 'step',
    usage: '[options] <log>',
    description: 'step through a log in the terminal: forth and back, lane by lane',
    load: () => import('./step/command.js'),
  },
  {
    name: 'diff',
    usage: '[options] <log>',
    description: 'what changed between two moments, or what differs between architectures at one',
    load: () => import('./diff/command.js'),
  },
  {
    name: 'blame',
    usage: '[options] <log> <what>',
    description: 'which event last changed a PTE, a counter, a frame or a VMA',
    load: () => import('./blame/command.js'),
  },
  {
    name: 'mapcount',
    usage: '[options] <log>',
    description: 'what kernels count of large folios, and what /proc reports of each process from it',
    load: () => import('./mapcount/command.js'),
  },
  {
    name: 'export',
    usage: '[options] <log>',
    description: 'a run as tables, as a trace for Perfetto, as a picture, or a report of where architectures part',
    load: () => import('./export/command.js'),
  },
  {
    name: 'view',
    usage: '[options] [log]',
    description: 'a log in the browser: served from this machine, or written as one file that opens anywhere',
    load: () => import('./page/view-command.js'),
  },
  {
    name: 'link',
    usage: '[options] [log]',
    description: 'print a link to the page that holds the whole log, and what of it is to be seen',
    load: () => import('./page/link-command.js'),
  },
  {
    name: 'open',
    usage: '[options] <link>',
    description: 'read a link to the page without a browser: what it shows, and the log that it holds',
    load: () => import('./page/open-command.js'),
  },
  {
    name: 'verify',
    usage: '[options] [file...]',
    description: 'play kernel transcripts and compare every field of every step; or check what logs expect',
    load: () => import('./verify/command.js'),
  },
  {
    name: 'lab',
    usage: '',
    description: 'real kernels under QEMU: what they need, making them, and playing scripts or logs on them',
    load: () => import('./lab/command.js'),
  },
  {
    name: 'prove',
    usage: '[options] [log...]',
    description: 'play logs on real kernels under QEMU, and compare them with the model event by event',
    load: () => import('./prove/command.js'),
  },
  {
    name: 'reproduce',
    usage: '[options] <log...>',
    description: 'a log as a stand-alone reproducer for a bug report: a module, a program, and what is to be seen',
    load: () => import('./reproduce/command.js'),
  },
  {
    name: 'fuzz',
    usage: '[options]',
    description: 'random scenarios on real kernels and on the model; what differs is shrunk on the kernel and kept',
    load: () => import('./fuzz/command.js'),
  },
  {
    name: 'import',
    usage: '[options] <file...>',
    description: 'turn a recording of a real kernel into a log',
    load: () => import('./import/command.js'),
  },
  {
    name: 'record',
    usage: '[options]',
    description: 'print a script that records a program on your own kernel, to be run as root',
    load: () => import('./record/command.js'),
  },
  {
    name: 'transcribe',
    usage: '[options] <file>',
    description: 'print the transcript that the model would have written',
    load: () => import('./transcribe/command.js'),
  },
  {
    name: 'decode',
    usage: '[options] [what...]',
    description: 'explain what was pasted: reports of the kernel, entries out of a debugger, raw values',
    load: () => import('./decode/command.js'),
  },
  {
    name: 'arch',
    usage: '[options] [name...]',
    description: 'architectures: list, show, decode, check, compare, and write new ones',
    load: () => import('./arch/command.js'),
  },
  {
    name: 'kernel',
    usage: '',
    description:
      'kernel versions as sets of features: list them, show one, tell two apart; what the model plays of a kernel, and what not',
    load: () => import('./kernel/command.js'),
  },
  {
    name: 'gallery',
    usage: '',
    description: 'real bugs of drivers and mm as logs: list them, show one, run them all',
    load: () => import('./gallery/command.js'),
  },
  {
    name: 'mcp',
    usage: '[options]',
    description: 'answer programs that speak the Model Context Protocol on standard input and output',
    load: () => import('./mcp/command.js'),
  },
  {
    name: 'schema',
    usage: '[options] [name]',
    description: 'JSON Schema of logs, transcripts and of what each command prints with --json',
    load: () => import('./schema/command.js'),
  },
  {
    name: 'lsp',
    usage: '[options]',
    description: 'a language server for logs, over standard input and output: for editors',
    load: () => import('./lsp/command.js'),
  },
  {
    name: 'errors',
    usage: '[options] [code]',
    description: 'what an error means and what to do about it; all of them without a code',
    load: () => import('./errors/command.js'),
  },
  {
    name: 'man',
    usage: '[options] [name]',
    description: 'print the manual page of a command, for man -l; or write all of them into a folder',
    load: () => import('./man/command.js'),
  },
  {
    name: 'completion',
    usage: '[options] <shell>',
    description: 'print what makes bash, zsh or fish complete commands, options and values',
    load: () => import('./completion/command.js'),
  },
];
