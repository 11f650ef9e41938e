// SPDX-License-Identifier: GPL-2.0-or-later
/** What all scenarios of one boot have in common: the machine and its state at the start of each. */
import {
  createWorld,
  defaultContent,
  defineProfile,
  findProfile,
  kernelOptions,
  linux_6_12,
  type Profile,
  type World,
  withConfig,
} from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { FRAME_RUNS, type Kernel, type KernelOptions, openWorld } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { DumpTexts } from './dump-texts.js';
import type { BeginRecord, Op, TranscriptHeader } from './format.js';
import { bigFiles, blockContent, hugetlbFiles, LAB_HIDDEN_REFS, labFiles, labMachine } from './lab-machine.js';

/** Events of operations, which players hand on as the same objects. */
export class OpEvents {
  private readonly known = new WeakMap<Op, Map<number, LogEvent | undefined>>();

  of(op: Op, mm: number, make: () => LogEvent | undefined): LogEvent | undefined {
    let events = this.known.get(op);
    if (events === undefined) {
      events = new Map();
      this.known.set(op, events);
    }
    if (!events.has(mm)) events.set(mm, make());
    return events.get(mm);
  }
}

/** A frame of the driver whose record a dump leaves out while it is `first`. */
export interface OwnFrame {
  readonly label: string;
  readonly pfn: number;
  readonly first: string;
}

/** P and R frames: how many, and the record that is not worth showing. */
const OWN_FRAMES = [
  ['P', FRAME_RUNS.P.count, '[1,0,""]'],
  ['R', FRAME_RUNS.R.count, '[1,0,"r"]'],
] as const;

export class LabSetup {
  readonly pageSize: number;
  readonly texts: DumpTexts;
  readonly events = new OpEvents();
  /** It knows frames by the labels of pages, and shows PMDs. */
  readonly harness: number;
  readonly ownFrames: readonly OwnFrame[];
  private readonly options: KernelOptions;
  private readonly start: World;

  constructor(arch: Architecture, header: TranscriptHeader, begin: BeginRecord) {
    const machine = labMachine(header, begin);
    const profile = profileOf(header);
    const pmdPages = 2 ** Number(header.const.pmd_order);
    const hugetlb = Number(header.const.hugetlb ?? 0) !== 0;
    const lane = {
      arch,
      profile,
      machine,
      files: {
        ...labFiles,
        ...(machine.thp === true && bigFiles(pmdPages)),
        ...(hugetlb && hugetlbFiles(pmdPages)),
      },
      ...(hugetlb && { hugetlb: {} }),
      content: { ...defaultContent(machine), ...blockContent(machine) },
      hiddenRefs: LAB_HIDDEN_REFS,
      // a RAM disk of 4 MiB, its first page the header
      swapPages: Number(header.const.swap ?? 0) === 0 ? 0 : (4 << 20) / header.page_size - 1,
    };
    this.pageSize = header.page_size;
    this.harness = header.harness ?? 1;
    this.options = kernelOptions(lane);
    this.start = createWorld(lane);
    this.texts = new DumpTexts(this.options.arch, this.options.profile.version);
    this.ownFrames = OWN_FRAMES.flatMap(([prefix, count, first]) =>
      Array.from({ length: count }, (_, i) => `${prefix}${i}`).flatMap((label) => {
        const pfn = machine.frames[label];
        return typeof pfn === 'number' ? [{ label, pfn, first }] : [];
      }),
    );
  }

  /** The kernel at the start of a scenario. */
  boot(): Kernel {
    return openWorld(this.options, this.start);
  }
}

/**
 * The profile of the kernel that was recorded: a release that has a name, or any other by what it had then. A header
 * that does not say how it was configured is of a kernel with CONFIG_FIND_NORMAL_PAGE.
 */
function profileOf(header: TranscriptHeader): Profile {
  const [release] = /^\d+\.\d+(?:\.\d+)?/.exec(header.kernel) ?? [];
  if (release === undefined) return linux_6_12;
  const thp = Number(header.const.thp ?? 0) === 0 ? [] : ['CONFIG_TRANSPARENT_HUGEPAGE'];
  const config = header.config ?? ['CONFIG_FIND_NORMAL_PAGE'];
  return withConfig(findProfile(release) ?? defineProfile(release), [...config, ...thp]);
}
