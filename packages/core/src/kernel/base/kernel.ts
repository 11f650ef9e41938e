// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The running kernel of one lane: everything that a mechanism may read and change while a batch of
 * events is applied. It is opened from a world and committed to the next one; between the two it is
 * plain mutable data, as in the kernel.
 */
import { InternalError } from '@specialbit/events';
import type { Architecture, SpecialLevels } from '../../arch/architecture.js';
import type { CompiledCodec } from '../../arch/codec.js';
import type { Pte, SwapEntry } from '../../arch/contract.js';
import { Allocator } from '../../machine/allocator.js';
import { F, type FrameRoot, FrameTable, PG } from '../../machine/frame-table.js';
import { emptyHugetlb, Hugetlb, type HugetlbState } from '../../machine/hugetlb.js';
import { HugetlbPool } from '../../machine/hugetlb-pool.js';
import type { Machine } from '../../machine/machine.js';
import { emptyMemtypes, type MemtypeState, Memtypes } from '../../machine/memtypes.js';
import { emptySwap, SwapDevice, type SwapState } from '../../machine/swap-device.js';
import { bootThp, emptyThp, Thp, type ThpState } from '../../machine/thp.js';
import type { AnonVma, AnonVmaRecord } from '../../mm/anon-vma.js';
import type { Folio } from '../../mm/folio.js';
import { emptyHeap, type Files, Heap, type HeapRoot } from '../../mm/heap.js';
import { Journal, type JournalMark } from '../../mm/journal.js';
import { JournaledMap } from '../../mm/journaled-map.js';
import type { ProcessState } from '../../mm/mm.js';
import type { ObjectTable } from '../../mm/object-table.js';
import { PageTable } from '../../mm/page-table.js';
import { pageTableLayout } from '../../mm/page-table-layout.js';
import { Pins } from '../../mm/pins.js';
import { emptyRoot } from '../../mm/radix.js';
import { emptySlots, type SlotsRoot } from '../../mm/slots.js';
import { vm_flags_wide } from '../../mm/vm-flags.js';
import type { Mm, TouchRecorder, Vma } from '../../mm/vma.js';
import type { FeatureName } from '../../profile/features.js';
import { formOn } from '../../profile/form-on.js';
import { type Profile, resolveFeatures } from '../../profile/profile.js';
import type { WarningId } from '../../profile/releases/release.js';
import { warningText } from '../../profile/warnings.js';
import { BUG_REASONS, type BugReason, OOPS_REASONS, type OopsReason } from '../reason/crash.js';
import type { FlagReason } from '../reason/flags.js';
import { type FailureReason, ONE_REASON } from '../reason/index.js';
import type { MergedReason, SkippedReason } from '../reason/merge.js';
import type { Reason } from '../reason/reason.js';
import { MlockBatch, type SavedBatch } from './mlock-batch.js';
import type { OpenedMmap } from './opened-mmap.js';
import {
  type FlagChange,
  KernelCrash,
  type KernelMessage,
  type Merge,
  NO_CHANGES,
  NO_MERGES,
  NO_MESSAGES,
  NO_REASONS,
  newOutcome,
  type Outcome,
} from './outcome.js';
import { VmStat } from './vmstat.js';

export interface KernelOptions {
  readonly arch: Architecture;
  readonly machine: Machine;
  readonly profile: Profile;
  /** Swap space in pages; 0 for none (CONFIG_SWAP=n). */
  readonly swapPages: number;
}

/** What a kernel is opened from, and what it leaves: immutable, sharing structure with others. */
export interface KernelRoot extends HeapRoot {
  readonly frames: FrameRoot;
  readonly swap: SwapState;
  /** pfns pinned, oldest first. */
  readonly pins: SlotsRoot<number>;
  readonly memtypes: MemtypeState;
  readonly thp: ThpState;
  readonly hugetlb: HugetlbState;
  /** The frame that is tried first, -1: where a fresh machine starts; and how many allocations there were. */
  readonly allocator: { readonly next: number; readonly count: number };
}

export const emptyKernel: KernelRoot = {
  ...emptyHeap,
  frames: emptyRoot,
  swap: emptySwap,
  pins: emptySlots,
  memtypes: emptyMemtypes,
  thp: emptyThp,
  hugetlb: emptyHugetlb,
  allocator: { next: -1, count: 0 },
};

/** A moment of a running kernel that it can be taken back to. */
export interface Checkpoint {
  readonly mark: JournalMark;
  readonly out: Outcome;
  readonly next: number;
  readonly count: number;
  readonly supplied: number[];
  readonly batch: SavedBatch | null;
}

export class Kernel {
  readonly arch: Architecture;
  readonly pte: CompiledCodec;
  /** What the architecture works out when it is asked, and entries ask for all the time. */
  private readonly special: SpecialLevels;
  readonly machine: Machine;
  readonly profile: Profile;
  /** What mechanisms ask for: whether the profile has a feature. */
  feature: Readonly<Record<FeatureName, boolean>>;
  /** PTRS_PER_PTE: entries of one last-level page table. */
  readonly ptrs_per_pte: number;
  readonly journal = new Journal();
  readonly frames: FrameTable;
  readonly allocator: Allocator;
  readonly heap: Heap;
  readonly mms: ObjectTable<Mm, ProcessState>;
  readonly files: Files;
  readonly anon_vmas: ObjectTable<AnonVma, AnonVmaRecord>;
  /** Pages pinned by pin_user_pages with hold, in order. */
  readonly pins: Pins;
  /** Which memory types are reserved. */
  readonly memtypes: Memtypes;
  /** pat_enabled() (arch/x86/mm/pat/memtype.c): memory types of pfn mappings are reserved, and may conflict. */
  readonly pat_enabled: boolean;
  readonly swap: SwapDevice;
  /** Transparent huge pages: settings and lists. */
  readonly thp: Thp;
  /** Pools of huge pages, and what of them is reserved. */
  readonly hugetlb: Hugetlb;
  readonly hugetlb_pool: HugetlbPool;
  /** What the event has counted so far. */
  readonly vmstat = new VmStat();
  /** VMAs of `mmap.begin` that are not linked yet, by mm. */
  readonly opened = new JournaledMap<number, OpenedMmap>(this.journal, ({ vma }) => vma.touch());
  /**
   * A look at the flags of a struct page that does not exist is noted in the outcome and not the end:
   * for following a real kernel that was lucky with what it found there.
   */
  survives = false;
  /** A fault handler of a driver runs: the mmap_lock is held for reading, and nobody may change a VMA. */
  faulting = false;
  out: Outcome = newOutcome();
  readonly mlockBatch = new MlockBatch();
  /** task_struct.task_works: what is done when the event ends (task_work_run(), kernel/task_work.c). */
  readonly task_works: (() => void)[] = [];
  /** Warnings of the WARN_ON_ONCE kind that this event has already given. */
  private readonly warned = new Set<WarningId>();
  private recorder: TouchRecorder | null = null;
  private readonly busy = (pfn: number): boolean => this.frames.test(this.page_folio(pfn), PG.allocated);
  /** Folios are aligned to their size: one that lies there in part begins there, or holds all of it. */
  private readonly busyBlock = (first: number, size: number): boolean =>
    this.busy(first) || this.frames.anyHas(first, size, PG.allocated);
  /** A register of swap_offset_of(), which calls nothing while it uses it. */
  readonly swp: SwapEntry = { type: 0, offset: 0 };

  /** Ours: a kernel of `options`, in the state of a world, or with nothing yet. */
  constructor(options: KernelOptions, root: KernelRoot = emptyKernel) {
    this.arch = options.arch;
    this.pte = options.arch.pte;
    this.special = options.arch.special;
    this.machine = options.machine;
    this.profile = options.profile;
    this.feature = resolveFeatures(options.profile);
    this.ptrs_per_pte = options.arch.levels[options.arch.levels.length - 1]!.entries;
    const { journal } = this;
    const tables = pageTableLayout(
      this.arch,
      options.machine.spec.thp === true ? (pfn) => this.heap.folioOf(pfn) : undefined,
    );
    this.frames = new FrameTable(journal, root.frames);
    const { next, count } = root.allocator;
    this.allocator = new Allocator(options.machine, next < 0 ? Allocator.start(options.machine) : next);
    this.allocator.count = count;
    this.swap = new SwapDevice(options.swapPages, journal, root.swap);
    this.pins = new Pins(root.pins, journal);
    this.memtypes = new Memtypes(journal, root.memtypes);
    const { pmd } = this.arch;
    const thp = options.machine.spec.thp === true && pmd !== undefined;
    const fresh = thp && root.thp === emptyThp;
    this.thp = new Thp(journal, thp, fresh ? bootThp(Math.log2(pmd.pages)) : root.thp);
    this.pat_enabled = options.arch.facts.PFNMAP_TRACKING && options.profile.config.has('CONFIG_X86_PAT');
    this.heap = new Heap(
      root,
      journal,
      (_, table) => new PageTable(tables, journal, table),
      (mm) => this.adopt(mm),
      (vma) => this.opened.get(vma.mm.id)?.vma === vma,
    );
    this.mms = this.heap.mms;
    this.files = { get: (name) => this.heap.fileOf(name), values: () => this.heap.files.values() };
    this.anon_vmas = this.heap.anon_vmas;
    this.hugetlb = new Hugetlb(journal, root.hugetlb);
    this.hugetlb_pool = new HugetlbPool(this.hugetlb, this.frames, this.heap, this.allocator, this.busyBlock);
  }

  /** mm_alloc() (kernel/fork.c): an empty address space. */
  newMm(id: number): Mm {
    return this.heap.newMm(id);
  }

  /** Ours: the VMA of a page; one whose `->mmap` still runs included. */
  vmaAt(mm: number, vpn: number): Vma | undefined {
    const found = this.mms.get(mm)?.vma_lookup(vpn);
    if (found !== undefined) return found;
    const open = this.opened.get(mm)?.vma;
    return open !== undefined && vpn >= open.vm_start && vpn < open.vm_end ? open : undefined;
  }

  /** Ours: the VMAs of an address space, ascending; one whose `->mmap` still runs included. */
  vmasOf(mm: Mm): Vma[] {
    const open = this.opened.get(mm.id)?.vma;
    return [...mm.vmas, ...(open === undefined ? [] : [open])].sort((a, b) => a.vm_start - b.vm_start);
  }

  /** Ours: what an address space needs to know that was just made. */
  private adopt(mm: Mm): void {
    mm.pt.mm = mm.id;
    mm.pt.touched = this.recorder;
    mm.touched = this.recorder;
  }

  /** Ours: from now on `recorder` hears of every write to a PTE, a frame or a VMA; null: nobody does. */
  record(recorder: TouchRecorder | null): void {
    this.frames.touched = recorder;
    this.recorder = recorder;
    for (const mm of this.mms.opened()) {
      mm.pt.touched = recorder;
      mm.touched = recorder;
    }
  }

  /** vm_area_alloc() (kernel/fork.c). */
  newVma(mm: Mm): Vma {
    return this.heap.newVma(mm);
  }

  /** Ours: starts an event: an empty outcome, and every WARN_ON_ONCE armed again. */
  begin(): Outcome {
    this.out = newOutcome();
    this.faulting = false;
    this.vmstat.clear();
    if (this.warned.size > 0) this.warned.clear();
    return this.out;
  }

  /** Ours: after a crash, forgets what the event had begun and not ended. */
  abandon(): void {
    this.mlockBatch.clear();
    this.task_works.length = 0;
  }

  /**
   * Ours: opens a checkpoint: everything that changes from now on can be taken back, at the cost of what was
   * changed. Checkpoints nest. Each must be ended, by `rollback` or by `release`.
   */
  checkpoint(): Checkpoint {
    const { allocator, out, journal } = this;
    const { next, count, supplied } = allocator;
    return { mark: journal.begin(), out, next, count, supplied, batch: this.mlockBatch.save() };
  }

  /**
   * Ours: takes the kernel back to a checkpoint, and ends it and those within it. Objects that were there then are
   * the same objects, in the state that they had; what has been made since is no longer part of the kernel.
   * Worlds that were committed meanwhile stay what they are.
   */
  rollback(checkpoint: Checkpoint): void {
    this.journal.rollback(checkpoint.mark, this.frames);
    const { allocator } = this;
    allocator.next = checkpoint.next;
    allocator.count = checkpoint.count;
    allocator.supplied = checkpoint.supplied;
    allocator.forget();
    this.out = checkpoint.out;
    this.abandon();
    this.mlockBatch.restore(checkpoint.batch);
  }

  /** Ours: ends a checkpoint and those within it; what was done since stays done. */
  release(checkpoint: Checkpoint): void {
    this.journal.end(checkpoint.mark);
  }

  /** ARCH_HAS_PTE_SPECIAL (mm/Kconfig): the architecture's page tables have the special bit. */
  get hasPteSpecial(): boolean {
    return this.special.pte;
  }

  // ------------------------------------------------------------- reasons

  /** Ours: a kernel function returns the error `ret` since `reason` holds. Costs no allocation. */
  fails<R extends number | null>(reason: FailureReason | BugReason, ret: R): R {
    this.out.reasons = ONE_REASON[reason];
    return ret;
  }

  /** Ours: a function above it turns the error into `ret`. */
  turns<R extends number | null>(reason: FailureReason, ret: R): R {
    this.out.reasons = [...this.out.reasons, reason];
    return ret;
  }

  /** Ours: a function above it returns `ret`, and has nothing to add. */
  passes(ret: number): number {
    if (this.out.reasons === NO_REASONS) throw new InternalError(`an error without a reason: ${ret}`);
    return ret;
  }

  /** Ours: what a function that failed cleans up; an error on the way is none of its own. */
  cleansUp(work: () => void): void {
    const { reasons } = this.out;
    work();
    this.out.reasons = reasons;
  }

  /** Ours: a range got other flags. Costs nothing where they are the same. */
  flagsChanged(
    mm: { readonly id: number },
    start: number,
    end: number,
    before: number,
    after: number,
    reason: FlagReason,
    before_hi = 0,
    after_hi = 0,
  ): void {
    if (before === after && before_hi === after_hi) return;
    const set = vm_flags_wide(after & ~before, after_hi & ~before_hi);
    const cleared = vm_flags_wide(before & ~after, before_hi & ~after_hi);
    const change: FlagChange = { mm: mm.id, start, end, set, cleared, reason };
    const { out } = this;
    if (out.changes === NO_CHANGES) out.changes = [change];
    else out.changes.push(change);
  }

  /** Ours: `vma->vm_flags = flags` by a helper of the kernel, noted with its reason. */
  setFlags(vma: Vma, flags: number, reason: FlagReason): void {
    const { vm_flags } = vma;
    if (vm_flags === flags) return;
    vma.vm_flags = flags;
    this.flagsChanged(vma.mm, vma.vm_start, vma.vm_end, vm_flags, flags, reason);
  }

  /** Ours: a range became part of a neighbour, which was `[start, end)` before. */
  merges(mm: { readonly id: number }, start: number, end: number, reason: MergedReason): void {
    const merge: Merge = { mm: mm.id, start, end, reason };
    const { out } = this;
    if (out.merges === NO_MERGES) out.merges = [merge];
    else out.merges.push(merge);
  }

  /** Ours: a merge left out something of the driver's. */
  skips(reason: SkippedReason): void {
    this.out.skipped = reason;
  }

  // ------------------------------------------------------------ messages

  /** WARN_ON_ONCE() (include/asm-generic/bug.h): one message an event. */
  warn_once(id: WarningId): void {
    if (this.warned.has(id)) return;
    this.warned.add(id);
    this.warn(id);
  }

  /** printk() (kernel/printk/printk.c): a message of this event. */
  message(message: KernelMessage): void {
    const { out } = this;
    if (out.messages === NO_MESSAGES) out.messages = [message];
    else out.messages.push(message);
  }

  /** WARN_ON() (include/asm-generic/bug.h). */
  warn(id: WarningId): void {
    this.message({ kind: 'warning', reason: `warn_${id}`, text: warningText(id, this.profile) });
  }

  /** BUG_ON() (include/asm-generic/bug.h): the kernel dies here. */
  BUG(reason: BugReason, where?: string): never {
    const on = formOn<Reason>(this, BUG_REASONS[reason]);
    throw new KernelCrash({ kind: 'BUG', what: BUG_REASONS[reason].what, where: where ?? on.where }, reason);
  }

  /** Ours: a look at the struct page of a pfn, or at another object, that does not exist; what happens depends on what memory holds there. */
  oops(reason: OopsReason, page: number | string): never {
    const { where } = formOn<Reason>(this, OOPS_REASONS[reason]);
    const what = typeof page === 'string' ? page : `struct page of pfn ${page.toString(16)}`;
    throw new KernelCrash({ kind: 'oops', what, where }, reason);
  }

  // ---------------------------------------------------- struct page basics

  /** folio_test_large() (include/linux/page-flags.h): the folio of more than one page that a frame belongs to. */
  large_folio(pfn: number): Folio | undefined {
    return this.heap.folioOf(pfn);
  }

  /** page_folio() (include/linux/page-flags.h): the frame whose record is that of the page's folio. */
  page_folio(pfn: number): number {
    return this.heap.folioOf(pfn)?.id ?? pfn;
  }

  /** page_count() (include/linux/page_ref.h). */
  page_count(pfn: number): number {
    return this.frames.get(this.page_folio(pfn), F.count);
  }

  /** folio_mapcount() (include/linux/mm.h). */
  page_mapcount(pfn: number): number {
    return this.large_folio(pfn)?.large_mapcount ?? this.frames.get(pfn, F.mapcount);
  }

  /** Ours: page->_mapcount + 1, of that page alone. */
  page_mapcount_of(pfn: number): number {
    return this.frames.get(pfn, F.mapcount);
  }

  /** get_page(), folio_ref_add() (include/linux/mm.h). */
  get_page(pfn: number, refs = 1): void {
    this.frames.add(this.page_folio(pfn), F.count, refs);
  }

  /** folio_get() (include/linux/mm.h). */
  folio_get(folio: Folio): void {
    this.frames.add(folio.id, F.count, 1);
  }

  /** put_page(), folio_put_refs() (include/linux/mm.h): frees a folio of the allocator when the last reference goes. */
  put_page(pfn: number, refs = 1): void {
    const folio = this.large_folio(pfn);
    const head = folio?.id ?? pfn;
    const count = this.frames.add(head, F.count, -refs);
    if (count !== 0 || !this.frames.test(head, PG.allocated)) return;
    if (folio === undefined) this.free_page(head);
    else if (folio.hugetlb) this.hugetlb_pool.free_huge_folio(folio);
    else this.free_folio(folio);
  }

  /** folio_test_anon() (include/linux/page-flags.h). */
  test_anon(pfn: number): boolean {
    return this.frames.test(this.page_folio(pfn), PG.anon);
  }

  /** free_unref_page() with the checks of free_page_is_bad() (mm/page_alloc.c). */
  private free_page(pfn: number): void {
    if (this.frames.get(pfn, F.mapcount) !== 0) {
      this.message({
        kind: 'bad page state',
        reason: 'bad_page_state',
        text: `BUG: Bad page state pfn:${pfn.toString(16).padStart(5, '0')}`,
      });
    }
    this.frames.wipe(pfn);
    this.allocator.freed(pfn);
  }

  /** __folio_put() and free_pages_prepare() (mm/page_alloc.c) of a folio of more than one page. */
  private free_folio(folio: Folio): void {
    const { id, order } = folio;
    const { deferred } = this.thp.state;
    // __folio_unqueue_deferred_split() (mm/huge_memory.c)
    if (folio.deferred) {
      this.thp.change({ deferred: deferred.remove(id) });
      if (folio.partially_mapped) this.vmstat.mod_mthp_stat(order, 'nr_anon_partially_mapped', -1);
    }
    if (this.frames.test(id, PG.anon)) this.vmstat.mod_mthp_stat(order, 'nr_anon', -1);
    this.heap.folios.delete(folio);
    this.frames.wipeRange(id, folio.pages);
    this.allocator.freed(id + folio.pages - 1);
  }

  /**
   * alloc_pages() (mm/page_alloc.c) of a folio: its first frame, with one reference; -1 (NULL) where there are
   * none of that order.
   */
  alloc_folio(order: number, large_rmappable = true): number {
    if (order === 0) return this.alloc_page();
    if (!this.thp.on) return -1;
    return this.filemap_alloc_folio(order, large_rmappable);
  }

  /** filemap_alloc_folio() (mm/filemap.c): a folio for the page cache of a disk's file, of which the log says that it is large. */
  filemap_alloc_folio(order: number, large_rmappable = true): number {
    const pfn = this.allocator.allocOrder(order, this.busyBlock);
    if (pfn < 0) return -1;
    this.frames.allocate(pfn, ++this.allocator.count);
    this.heap.newFolio(pfn, order, large_rmappable);
    return pfn;
  }

  /** is_huge_zero_pfn() (include/linux/huge_mm.h): its huge_zero_pfn, -1 while there is no huge zero folio. */
  get huge_zero_pfn(): number {
    return this.thp.on ? this.thp.state.huge_zero_pfn : this.machine.huge_zero_pfn;
  }

  /** alloc_page() (include/linux/gfp.h): a frame with one reference and no content; -1 (NULL) when RAM is full. */
  alloc_page(): number {
    const pfn = this.allocator.alloc(this.busy);
    if (pfn < 0) return -1;
    this.frames.allocate(pfn, ++this.allocator.count);
    return pfn;
  }

  // --------------------------------------------------------------- VMAs

  /** vm_get_page_prot() (include/linux/pgtable.h): the protection of a VMA's flags. */
  vm_get_page_prot(vm_flags: number): Readonly<Pte> {
    return this.pte.protection_map[vm_flags & 15]!;
  }

  /** mk_pte() (arch/x86/include/asm/pgtable.h). */
  mk_pte(p: Pte, pfn: number, prot: Readonly<Pte>): void {
    this.pte.pfn_pte(p, pfn, prot as Pte);
    if (this.arch.facts.mk_pte_of_dirty_page && this.pte.write(p) && this.frames.test(pfn, PG.dirty))
      this.pte.mkdirty(p);
  }

  /** Ours: the PTE of `vpn`, for who looks at one. */
  peek(mm: Mm, vpn: number): Pte {
    const p = newPte();
    mm.pt.get(vpn, p);
    return p;
  }
}

/** pte_same() (include/linux/pgtable.h). */
export function pte_same(a: Pte, b: Pte): boolean {
  return a.lo === b.lo && a.hi === b.hi;
}

/** Ours: a register for an entry. */
export function newPte(): Pte {
  return { lo: 0, hi: 0 };
}

/** Ours: `*to = *from`. */
export function copyPte(to: Pte, from: Readonly<Pte>): void {
  to.lo = from.lo;
  to.hi = from.hi;
}
