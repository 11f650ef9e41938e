// SPDX-License-Identifier: GPL-2.0-or-later
/** The catalogue of what can go wrong with real kernels, and the error that says so. */
import { CodedError, type ErrorCatalogue } from '@specialbit/events';

export const LAB_ERRORS = {
  'lab.machine': {
    summary: 'The laboratory has no machine of that name.',
    remedy: 'specialbit lab doctor lists the machines, and what each needs.',
  },
  'lab.tree': {
    summary: 'A folder is not the source of a Linux kernel that the laboratory can build.',
    remedy: 'Name the top folder of a kernel tree, 6.1 or later.',
  },
  'lab.source': {
    summary: 'The source of a kernel is not on this machine.',
    remedy:
      'Install the Debian package that the message names, name the folder of a tree, or put folders of trees into LINUX_SOURCE.',
  },
  'lab.tools': {
    summary: 'Something that building or booting needs is not installed.',
    remedy: 'specialbit lab doctor shows what is missing and the apt-get line that installs it.',
  },
  'lab.build': {
    summary: 'A kernel does not build.',
    remedy:
      "Read the compiler's words and the log that the message names; a tree of one's own has to build without the laboratory.",
  },
  'lab.disk': {
    summary: 'The disk is full.',
    remedy: 'Make room, or let XDG_CACHE_HOME name a folder on another disk; specialbit lab clean empties the cache.',
  },
  'lab.boot': {
    summary: 'A kernel does not boot, or stops answering.',
    remedy: 'Look at the last lines of the console that the message shows; --timeout gives a slow machine more time.',
  },
  'lab.script': {
    summary: 'A script of the laboratory cannot be read.',
    remedy: 'Begin each scenario with a line "S name", then one operation a line; docs/lab.md has the language.',
  },
  'lab.proof': {
    summary: 'A proof file is not one, or was made of something else.',
    remedy: 'Make it anew with specialbit prove.',
  },
} as const satisfies ErrorCatalogue;

export type LabErrorCode = keyof typeof LAB_ERRORS;

/** What a kernel, a tree or a machine could not do. */
export class LabError extends CodedError<LabErrorCode> {
  override readonly name = 'LabError';
  constructor(
    readonly code: LabErrorCode,
    message: string,
  ) {
    super(message);
  }
}
