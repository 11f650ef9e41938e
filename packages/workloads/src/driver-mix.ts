// SPDX-License-Identifier: GPL-2.0-or-later
import type { Advice, DriverCall, LogEvent } from '@specialbit/events';
import { access, frame, page, READ, READ_WRITE, VM_DONTDUMP } from './events.js';
import type { Random } from './random.js';
import { fileOf, frameLetter, isIomap, mapSlot, pgoffOf, remapHalf, SLOT_PAGES, SLOTS, type Slot } from './slots.js';

export { driverMixFiles } from './slots.js';

/** Processes that live at the same time. */
const PROCESSES = 4;
const ADVICE: readonly Advice[] = [
  'MADV_DONTNEED',
  'MADV_DONTNEED',
  'MADV_POPULATE_READ',
  'MADV_COLD',
  'MADV_WILLNEED',
];

interface Process {
  readonly mm: number;
  readonly mapped: boolean[];
}

/** Every driver call, faults, copy-on-write, forks and zaps over 64 mappings in up to four processes. */
export function* driverMix(random: Random): Generator<LogEvent, never> {
  const root: Process = { mm: 0, mapped: SLOTS.map(() => true) };
  const processes = [root];
  for (const slot of SLOTS) yield* mapSlot(slot, 0);
  let pins = 0;
  let held = 0;
  for (;;) {
    const process = random.pick(processes);
    const { mm, mapped } = process;
    const i = random.below(SLOTS.length);
    const slot = SLOTS[i]!;
    const at = random.below(SLOT_PAGES);
    const place = page(slot.label, at);
    const dice = random.below(1000);
    if (dice < 620) {
      const op = dice < 340 ? 'read' : dice < 610 ? 'write' : 'exec';
      yield access(mm, place, op, random.below(256));
    } else if (dice < 850) {
      if (mapped[i]) yield* driverEvents(random, slot, mm, at);
    } else if (dice < 880) {
      const file = fileOf(slot);
      const pages = 1 + random.below(SLOT_PAGES - at);
      const pgoff = pgoffOf(slot) + at;
      if (file !== undefined) yield { type: 'unmap_mapping_range', file, pgoff, pages, even_cows: random.oneIn(4) };
    } else if (dice < 910) {
      const pages = 1 + random.below(SLOT_PAGES - at);
      yield { type: 'madvise', mm, at: place, pages, advice: random.pick(ADVICE) };
    } else if (dice < 935) {
      yield {
        type: 'mprotect',
        mm,
        at: page(slot.label, 0),
        pages: SLOT_PAGES,
        prot: random.oneIn(3) ? READ : READ_WRITE,
      };
    } else if (dice < 950) {
      // most slots are mapped at any time
      if (mapped[i] && !random.oneIn(4)) continue;
      if (mapped[i]) yield { type: 'munmap', mm, at: page(slot.label, 0), pages: SLOT_PAGES };
      else yield* mapSlot(slot, mm);
      mapped[i] = !mapped[i];
    } else if (dice < 965) {
      const hold = pins < 8 && random.oneIn(4);
      if (hold) pins++;
      const type = random.pick(['pin_user_pages', 'pin_user_pages_fast', 'get_user_pages_fast_only'] as const);
      yield { type, mm, at: place, pages: 1, write: random.oneIn(2), longterm: random.oneIn(4), hold };
    } else if (dice < 967) {
      pins = 0;
      yield { type: 'unpin_user_pages' };
    } else if (dice < 975) {
      // one page of the driver's, taken and given back in turn
      yield { type: held === 0 ? 'get_page' : 'put_page', frame: frame('P', 0) };
      held = 1 - held;
    } else if (dice < 985) {
      if (mapped[i]) yield { type: 'follow_pfnmap', mm, at: place };
    } else if (dice < 990) {
      const write = random.oneIn(2);
      yield { type: 'access_process_vm', mm, at: place, write, ...(write ? { value: random.below(256) } : {}) };
    } else if (dice < 996) {
      yield { type: random.oneIn(2) ? 'mlock' : 'munlock', mm, at: page(slot.label, 0), pages: SLOT_PAGES };
    } else if (!random.oneIn(4)) {
      // a fork copies a thousand entries: one in some thousand events
    } else if (dice < 998) {
      if (processes.length === PROCESSES) continue;
      const child = processes.length;
      processes.push({ mm: child, mapped: SLOTS.map((s, n) => process.mapped[n]! && !isIomap(s)) });
      yield { type: 'fork', mm, child };
    } else if (processes.length > 1) {
      yield { type: 'exit', mm: processes.pop()!.mm };
    }
  }
}

/** A call of the slot's driver (or two, where one alone would be a bug of the driver). */
function* driverEvents(random: Random, slot: Slot, mm: number, at: number): Generator<LogEvent, void> {
  const place = page(slot.label, at);
  const left = SLOT_PAGES - at;
  const its = frame(frameLetter(slot), slot.first + at);
  const call = (event: DriverCall): LogEvent => ({ ...event, mm });
  switch (slot.kind) {
    case 'remap': {
      if (isIomap(slot)) return;
      const half = random.below(2) as 0 | 1;
      const remap = remapHalf(slot, half);
      const start = page(slot.label, (half * SLOT_PAGES) / 2);
      yield call({ type: 'zap_vma_ptes', at: start, pages: remap.pages });
      yield call({ ...remap, at: start });
      return;
    }
    case 'pfn':
      switch (random.below(8)) {
        case 0:
          yield call({ type: 'zap_vma_ptes', at: place, pages: 1 + random.below(left) });
          return;
        case 1:
          yield call({ type: 'vmf_insert_pfn_prot', at: place, frame: its, prot: 9 });
          return;
        case 2:
          yield call({ type: 'set_vm_pgoff', at: page(slot.label, 0), pgoff: 0 });
          return;
        case 3:
          yield call({ type: 'set_pte', at: place, frame: its, pages: 1, special: true, write: random.oneIn(2) });
          return;
        case 4:
          yield call({ type: 'clear_pte', at: place, pages: 1 });
          return;
        default:
          yield call({ type: 'vmf_insert_pfn', at: place, frame: its });
          return;
      }
    case 'insert':
      switch (random.below(8)) {
        case 0:
          yield call({ type: 'vm_insert_pages', at: place, frame: its, pages: 1 + random.below(left) });
          return;
        case 1: {
          const whole = { at: page(slot.label, 0), frame: frame('P', slot.first), pages: SLOT_PAGES };
          yield call({ type: random.oneIn(2) ? 'vm_map_pages' : 'vm_map_pages_zero', ...whole });
          return;
        }
        case 2: {
          const set = random.oneIn(2);
          yield call({
            type: 'vm_flags_mod',
            at: page(slot.label, 0),
            set: set ? VM_DONTDUMP : 0,
            clear: set ? 0 : VM_DONTDUMP,
          });
          return;
        }
        default:
          yield call({ type: 'vm_insert_page', at: place, frame: its, pages: 1 });
          return;
      }
    case 'mixed': {
      const type = random.oneIn(3) ? 'vmf_insert_mixed_mkwrite' : 'vmf_insert_mixed';
      yield call({ type, at: place, frame: its, pfn_t: random.oneIn(4) ? 'PFN_SPECIAL' : 'PFN_DEV' });
      return;
    }
    default:
      // memory that the kernel fills has no driver: its page is touched instead
      yield access(mm, place, 'write', at);
  }
}
