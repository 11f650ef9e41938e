// SPDX-License-Identifier: GPL-2.0-or-later
/** The state of one process (maps, smaps, VMAs, a snapshot) as a log of a process that has it. */
import { type LogHeader, lookup, VM_FLAG_BITS } from '@specialbit/events';
import {
  archOfPath,
  Converter,
  type Format,
  type Imported,
  type ImportOptions,
  isOfALog,
  type Line,
  Problems,
  parseMaps,
  parsePacked,
  parseSmaps,
  parseVmas,
  placeSnapshot,
  type Snapshot,
} from '@specialbit/importers';
import { InputError } from '@specialbit/view';

export interface State {
  readonly file: string;
  readonly snapshot: Snapshot;
  readonly problems: Problems;
}

/** A snapshot of a process, from the lines of whichever file has one. `file`: for messages. Throws InputError. */
export function readState(file: string, format: Format, given: readonly Line[]): State {
  const problems = new Problems(file);
  const lines = [...given];
  switch (format) {
    case 'maps':
      return { file, snapshot: { maps: parseMaps(lines, problems) }, problems };
    case 'smaps': {
      const maps = parseSmaps(lines, problems);
      return { file, snapshot: { maps, smaps: maps }, problems };
    }
    case 'vmas': {
      const { mm, vmas } = parseVmas(lines, problems);
      const maps = vmas.map((vma, i) => ({
        line: i + 1,
        start: vma.start,
        end: vma.end,
        perms: permsOf(vma.vm_flags),
        offset: vma.file === '' ? 0 : vma.pgoff * 4096,
        dev: '00:00',
        inode: 0,
        name: vma.file === '' ? '' : `/file-${vma.file}`,
      }));
      return { file, snapshot: { maps, vmas, ...(mm === undefined ? {} : { mm }) }, problems };
    }
    case 'snapshots': {
      let first: Snapshot | undefined;
      for (const { text, line } of lines) {
        // one process at one moment: what is there of others is left out
        if (first !== undefined || text === '') problems.skipped++;
        else first = parsePacked(text, line, problems)?.snapshot;
      }
      if (first !== undefined) return { file, snapshot: first, problems };
      throw new InputError('input.recording', `${file}: expected a snapshot, found none`);
    }
    default:
      throw new InputError(
        'input.recording',
        `${file}: expected a state (maps, smaps, vmas, snapshots), found ${format}`,
      );
  }
}

function permsOf(flags: number): string {
  const letter = (bit: number, name: string): string => ((flags & bit) !== 0 ? name : '-');
  return `${letter(1, 'r')}${letter(2, 'w')}${letter(4, 'x')}${(flags & 0x80) !== 0 ? 's' : 'p'}`;
}

/** VmFlags letters that only one architecture has (fs/proc/task_mmu.c). */
const ARCH_OF_LETTERS: Readonly<Record<string, string>> = lookup({ bt: 'arm64-4k-48', mt: 'arm64-4k-48' });

/** Which architecture it is of: paths, names of the kernel's mappings, letters of smaps. */
function archOf({ maps, smaps = [] }: Snapshot): string | undefined {
  for (const { name } of maps) {
    const found = archOfPath(name) ?? (name === '[sigpage]' || name === '[vectors]' ? 'arm-v7' : undefined);
    if (found !== undefined) return found;
  }
  const letters = smaps.flatMap(({ letters }) => letters);
  return letters.map((two) => ARCH_OF_LETTERS[two]).find((name) => name !== undefined);
}

/** Throws InputError. */
export function importState({ file, snapshot, problems }: State, options: ImportOptions): Imported {
  const recorded = archOf(snapshot);
  const name = options.arch?.name ?? recorded ?? 'x86_64';
  const arch = options.arch ?? options.architecture?.(name);
  const page = arch?.page.size ?? 4096;
  const uneven = snapshot.maps.find(({ start, end }) => start % page !== 0 || end % page !== 0);
  if (uneven !== undefined)
    throw new InputError(
      'input.recording',
      `${file}:${uneven.line}: a mapping that is no number of pages of ${page} bytes, as ${name} has them: give --arch`,
    );
  const { log } = new Converter(arch === undefined ? {} : { page, mostPfn: 2 ** 32 });
  const placed = placeSnapshot(snapshot, 0, log.files, log.frames, page, {
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(arch === undefined ? {} : { machine: arch }),
  });
  const events = placed.filter(isOfALog);
  const unfit = placed.length - events.length;
  const left = new Map(unfit === 0 ? [] : [['mappings with numbers that no log can have', unfit]]);
  const unsaid =
    options.arch === undefined && recorded === undefined
      ? [`the architecture: nothing in the file says it; ${name} (--arch says otherwise)`]
      : [];
  const header: LogHeader = {
    specialbit: 1,
    ...(options.title === undefined ? {} : { title: options.title }),
    arch: [name],
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    files: log.files.specs(),
    machine: { default: log.frames.machine() },
    chosen: ['all frames', ...unsaid, ...remarksOf(snapshot)],
  };
  const origins = events.map(() => ({ line: 0, time: undefined, pid: 0, ret: null }));
  const none = { left, images: new Map(), checkpoints: [], followed: new Map() };
  return { header, events, origins, problems: [problems], ...none, records: events.length };
}

/** What smaps shows and a log cannot hold. */
function remarksOf(snapshot: Snapshot): string[] {
  const letters = new Set((snapshot.smaps ?? []).flatMap(({ otherFlags }) => otherFlags));
  const named = [...letters].sort().map((two) => {
    const bit = VM_FLAG_BITS.find((row) => row.letters === two);
    return bit === undefined ? two : `${two} (${bit.name})`;
  });
  return letters.size === 0 ? [] : [`VmFlags ${named.join(', ')}: left out, they stand for no bit here`];
}
