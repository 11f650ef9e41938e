// SPDX-License-Identifier: GPL-2.0-or-later
/** Who has which page, found by looking at all that can have one: page tables, caches, pins, and the driver's own. */
import { DECISIONS } from '@specialbit/core';
import { Allocator, decideEntry, F, type Kernel, type Mm, PG, PTE } from '@specialbit/core/kernel';

/** References that get_page() and put_page() of a driver made, by pfn: +1 and -1. */
export type DriverReferences = ReadonlyMap<number, number>;

export const NO_REFERENCES: DriverReferences = new Map();

/** FOLL_PIN counts so much (GUP_PIN_COUNTING_BIAS). */
const PIN = 1024;

/** What there is to say of one page. */
export interface PageAccount {
  readonly pfn: number;
  /** Entries that vm_normal_page() takes for the page: each is a reference and a mapping. */
  pages: number;
  /** Entries that map the frame, and are no page for whoever asks. */
  bare: number;
  /** References of caches, pins, and the driver. */
  others: number;
}

export interface Account {
  readonly frames: ReadonlyMap<number, PageAccount>;
  /** Of each address space what its counters have to be; null: larger entries map something, which count for many. */
  readonly rss: ReadonlyMap<number, readonly number[] | null>;
}

/**
 * Takes down who has what. Of frames those that are labelled, allocated, held or mapped by a PTE; folios of more than one page,
 * whose counts are sums, and what larger entries map, are left out.
 */
export function accountOf(k: Kernel, driver: DriverReferences): Account {
  const frames = new Map<number, PageAccount>();
  const of = (pfn: number): PageAccount => {
    let account = frames.get(pfn);
    if (account === undefined) {
      account = { pfn, pages: 0, bare: 0, others: 0 };
      frames.set(pfn, account);
    }
    return account;
  };
  const rss = new Map<number, readonly number[] | null>();
  for (const mm of k.mms.values()) rss.set(mm.id, entriesOf(k, mm, of));
  for (const file of k.files.values()) for (const pfn of file.page_cache.values()) of(pfn).others++;
  for (const slot of k.swap.slots.values()) if (slot.cache >= 0) of(slot.cache).others++;
  for (const pfn of k.pins) if (!k.machine.is_zero_pfn(pfn)) of(pfn).others += PIN;
  for (const pfn of ownedFrom(k)) of(pfn).others++;
  for (const [pfn, refs] of driver) of(pfn).others += refs;
  for (let pfn = Allocator.start(k.machine); pfn < k.allocator.next; pfn++) {
    if (k.frames.test(pfn, PG.allocated)) of(pfn);
  }
  for (const pfn of frames.keys()) {
    if (!k.machine.pfn_valid(pfn) || k.large_folio(pfn) !== undefined || isHugeZero(k, pfn)) frames.delete(pfn);
  }
  return { frames, rss };
}

/** Adds the entries of an address space to the account, and returns what its counters have to be. */
function entriesOf(k: Kernel, mm: Mm, of: (pfn: number) => PageAccount): number[] | null {
  let huge = false;
  const rss = [0, 0, 0, 0];
  const p = { lo: 0, hi: 0 };
  const open = k.opened.get(mm.id)?.vma;
  mm.pt.forEachEntry(0, k.arch.task_pages, p, (vpn, level) => {
    if (level !== PTE) {
      huge = true;
      return;
    }
    if (!k.pte.present(p)) {
      rss[2]!++;
      return;
    }
    const inOpen = open !== undefined && vpn >= open.vm_start && vpn < open.vm_end;
    const vma = mm.vma_lookup(vpn) ?? (inOpen ? open : undefined);
    const decision = vma === undefined ? null : decideEntry(k, vma, vpn, PTE, p);
    const account = of(k.pte.pfn(p));
    if (decision === null || DECISIONS[decision].verdict !== 'page') {
      account.bare++;
      return;
    }
    account.pages++;
    const { pfn } = account;
    rss[k.test_anon(pfn) ? 1 : k.frames.test(k.page_folio(pfn), PG.swapbacked) ? 3 : 0]!++;
  });
  return huge ? null : rss;
}

function isHugeZero(k: Kernel, pfn: number): boolean {
  const { huge_zero_pfn } = k.machine;
  return huge_zero_pfn >= 0 && pfn >= huge_zero_pfn && pfn < huge_zero_pfn + (k.arch.pmd?.pages ?? 0);
}

/** Pages that have a reference of their owner's from the start: those of a driver, and the kernel's own zero pages. */
function* ownedFrom(k: Kernel): Generator<number, void, void> {
  const { machine } = k;
  for (const pfn of Object.values(machine.spec.frames)) {
    if (machine.pfn_valid(pfn) && !machine.is_zero_pfn(pfn)) yield pfn;
  }
  for (let i = 0; i < machine.zero_pages; i++) {
    if (machine.heldRefs(machine.zero_pfn + i) === 0) yield machine.zero_pfn + i;
  }
}

/** A page that was somebody's, and that nobody has a reference of any more. */
export function isFree(k: Kernel, pfn: number): boolean {
  if (k.frames.get(pfn, F.count) > 0) return false;
  if (k.machine.isLabelled(pfn)) return k.machine.spec.frames[k.machine.labelOf(pfn) ?? ''] === pfn;
  // handed out before: frames are taken upwards
  return pfn >= Allocator.start(k.machine) && pfn < k.allocator.next;
}
