// SPDX-License-Identifier: GPL-2.0-or-later
/** An imported recording on the model, compared with its snapshots on the way. */

import {
  createWorld,
  DEFAULT_PROFILE,
  findProfile,
  kernelOptions,
  LogReferenceError,
  laneOf,
  type Outcome,
  Player,
  withConfig,
} from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import type { Kernel, Mm } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { lookup } from '@specialbit/events';
import type { Checkpoint, Imported } from '../imported.js';
import type { ProcessImage } from '../recording.js';
import { checkMaps } from './check-maps.js';
import { checkPagemap, noCounts, type PagemapCheck } from './check-pagemap.js';
import { checkSizes, checkVmas, checkVmFlags } from './check-smaps.js';
import type { Check } from './differences.js';

/** One process at one moment, compared. */
export interface ImageCheck {
  readonly checkpoint: Checkpoint;
  readonly image: ProcessImage;
  /** Undefined: the model has no such address space. */
  readonly mm: Mm | undefined;
  readonly maps: Check;
  readonly flags: Check;
  readonly vmas: Check;
  readonly sizes: Check;
  readonly pages: PagemapCheck;
}

export interface ReplayCheck {
  /** Events that name what does not exist, and events that would take the kernel down. */
  readonly failed: number;
  /** Calls whose result is not the recorded one: `madvise ENOMEM`, and how many. */
  readonly returns: ReadonlyMap<string, number>;
  readonly milliseconds: number;
}

/** Snapshots of processes that ran are not exact: stopped and sleeping ones only, and of those what stayed so. */
const QUIET = new Set(['T', 't', 'S']);
/** Replays everything; `visit` sees each process image of each snapshot when the replay is there. */
export function replayChecked(
  imported: Imported,
  arch: Architecture,
  visit: (check: ImageCheck, kernel: Kernel) => void,
): ReplayCheck {
  const { header } = imported;
  const profile = withConfig(findProfile(header.profile ?? '') ?? DEFAULT_PROFILE, header.config);
  const lane = laneOf(header, arch, profile);
  const player = new Player(kernelOptions(lane), createWorld(lane));
  const returns = new Map<string, number>();
  let failed = 0;
  let done = 0;
  let milliseconds = 0;
  const run = (to: number): void => {
    const started = Date.now();
    for (; done < to; done++) {
      const event = imported.events[done]!;
      try {
        const outcome = player.step(event);
        if (outcome.crash !== null) failed++;
        const apart = otherReturn(event, outcome, imported.origins[done]!, player.kernel.arch.page.size);
        if (apart !== undefined) returns.set(apart, (returns.get(apart) ?? 0) + 1);
      } catch (error) {
        if (!(error instanceof LogReferenceError)) throw error;
        failed++;
      }
    }
    milliseconds += Date.now() - started;
  };
  for (const checkpoint of imported.checkpoints) {
    run(checkpoint.events);
    for (const image of checkpoint.mark.images) {
      if (!QUIET.has(image.state.trim()) || checkpoint.moving.has(checkpoint.mms.get(image.pid) ?? -1)) continue;
      visit(checkImage(player.kernel, checkpoint, image), player.kernel);
    }
  }
  run(imported.events.length);
  return { failed, returns, milliseconds };
}

export function checkImage(kernel: Kernel, checkpoint: Checkpoint, image: ProcessImage): ImageCheck {
  const id = checkpoint.mms.get(image.pid);
  const mm = id === undefined ? undefined : kernel.mms.get(id);
  const { maps, smaps = [], vmas = [], pages = [] } = image.snapshot;
  if (mm === undefined) {
    const none = (of: readonly unknown[]): Check => ({ compared: of.length, equal: 0, differences: [] });
    return {
      checkpoint,
      image,
      mm,
      maps: none(maps),
      flags: none(smaps),
      vmas: none(vmas),
      sizes: none(smaps),
      pages: { ...none(pages), ...noCounts(), missing: pages.length },
    };
  }
  return {
    checkpoint,
    image,
    mm,
    maps: checkMaps(kernel, mm, maps),
    flags: checkVmFlags(kernel, mm, smaps),
    vmas: checkVmas(kernel, mm, vmas),
    // other processes run on while this one is looked at, and Pss tells of them
    sizes: checkSizes(kernel, mm, smaps, { pss: false }),
    pages: checkPagemap(kernel, mm, pages),
  };
}

const ERRNO: Readonly<Record<string, number>> = lookup({
  ENOMEM: -12,
  EACCES: -13,
  EFAULT: -14,
  EPERM: -1,
  EEXIST: -17,
  ENODEV: -19,
  EINVAL: -22,
});
const WITH_ADDRESS = new Set(['mmap', 'mremap']);
const WITH_RESULT = new Set(['mmap', 'mremap', 'munmap', 'mprotect', 'madvise', 'mlock', 'munlock', 'mseal']);

/** What came of a call if it is not what was recorded, as `type RECORDED`. */
function otherReturn(
  event: LogEvent,
  outcome: Outcome,
  recorded: { readonly ret: number | null; readonly errno?: string },
  page: number,
): string | undefined {
  if (recorded.ret === null || !WITH_RESULT.has(event.type)) return undefined;
  const name = event.type === 'madvise' ? event.advice : event.type;
  if (recorded.ret === -1) {
    const errno = recorded.errno ?? '';
    return outcome.ret === ERRNO[errno] ? undefined : `${name} ${errno}`;
  }
  const same = WITH_ADDRESS.has(event.type) ? outcome.mapped * page === recorded.ret : outcome.ret === 0;
  return same ? undefined : `${name} success`;
}
