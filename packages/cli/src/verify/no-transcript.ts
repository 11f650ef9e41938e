// SPDX-License-Identifier: GPL-2.0-or-later
/** What a file is that is no transcript, and which command takes it. */
import type { Format } from '@specialbit/importers';
import { detectFileFormat } from '@specialbit/importers/node';
import { codeMark } from '../exit.js';
import type { FileResult } from './result.js';

const KINDS: Readonly<Record<Format, readonly [what: string, advice: string]>> = {
  ptes: [
    'a dump of page tables (specialbit record --ptes)',
    'specialbit explain FILE ADDRESS tells of its entries, specialbit import makes a log of it',
  ],
  strace: ['a recording (strace)', 'specialbit import makes a log of it'],
  ftrace: ['a recording (ftrace)', 'specialbit import makes a log of it'],
  perf: ['a recording (perf)', 'specialbit import makes a log of it'],
  maps: ['/proc/PID/maps', 'specialbit verify --maps FILE LOG compares it with the end of a log'],
  smaps: ['/proc/PID/smaps', 'specialbit verify --smaps FILE LOG compares it with the end of a log'],
  pagemap: ['a page table', 'specialbit verify --pagemap FILE LOG compares it with the end of a log'],
  vmas: ['a list of VMAs', 'specialbit import makes a log of it'],
  snapshots: ['the snapshots of a recording', 'name the folder of the recording'],
  recording: ['a recording', 'specialbit import makes a log of it'],
  'kernel-log': ['a log of the kernel', 'specialbit decode FILE tells what its reports say'],
};

/** The result of a file that could not be read as a transcript: its error says what the file is, where that can be told. */
export async function namedForWhatItIs(result: FileResult): Promise<FileResult> {
  const { error, arch, file } = result;
  // a transcript that is wrong further on has said whose it is
  if (error === undefined || arch !== undefined) return result;
  const format = await detectFileFormat(file).catch(() => undefined);
  if (format === undefined) return result;
  const [what, advice] = KINDS[format];
  return {
    ...result,
    error: `${file}: expected a transcript, found ${what}: ${advice} ${codeMark('transcript.record')}`,
  };
}
