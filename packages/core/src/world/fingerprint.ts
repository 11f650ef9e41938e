// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `worldKey` of a running kernel, labels included, as a number of 53 bits, for a search that meets millions of
 * states: nothing is committed and no text is made. Two states with one `worldKey` have one fingerprint; two others
 * share one by chance, once in some 10^4 searches of a million states.
 */
import type { Pte } from '../arch/contract.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { F, FRAME_FIELDS, type FrameLeaf, PG } from '../machine/frame-table.js';
import { folioRecord } from '../mm/folio.js';
import { type Level, PTE } from '../mm/level.js';
import type { Mm, Vma } from '../mm/vma.js';

/** From here on an anon_vma's number is the name that a log gave it (`anon_vma` of `map_vma`). */
const NAMED_ANON_VMA = 2 ** 40;

/** Two hashes of 32 bits over numbers. */
class Hash {
  private a = 0x9e3779b9 | 0;
  private b = 0x85ebca6b | 0;

  add(n: number): void {
    this.half(n | 0);
    const high = Math.floor(n / 2 ** 32);
    if (high !== 0 && high !== -1) this.half(high | 0);
  }

  text(s: string): void {
    this.half(s.length);
    for (let i = 0; i < s.length; i++) this.half(s.charCodeAt(i));
  }

  /** 53 bits. */
  get value(): number {
    const high = (this.a ^ (this.a >>> 15)) & 0x1fffff;
    return high * 2 ** 32 + ((this.b ^ (this.b >>> 13)) >>> 0);
  }

  private half(n: number): void {
    this.a = Math.imul(this.a ^ n, 0x01000193) ^ (this.a >>> 17);
    this.b = Math.imul((this.b << 7) ^ (this.b >>> 25) ^ n, 0x27d4eb2f);
  }
}

/** Numbers for what is met, in the order in which it is met first. */
class Met {
  readonly met: number[] = [];
  private readonly names = new Map<number, number>();

  of(id: number): number {
    let name = this.names.get(id);
    if (name === undefined) {
      name = this.met.length;
      this.met.push(id);
      this.names.set(id, name);
    }
    return name;
  }

  has(id: number): boolean {
    return this.names.has(id);
  }
}

/** Immutable parts of a state (what a driver's mapping can do, reservations) by their text, made once. */
const texts = new WeakMap<object, string>();

function textOf(part: object): string {
  let text = texts.get(part);
  if (text === undefined) {
    text = JSON.stringify(part);
    texts.set(part, text);
  }
  return text;
}

/** The fingerprint of a kernel as it is now. */
export function fingerprint(k: Kernel): number {
  return new Walk(k).fingerprint();
}

class Walk {
  private readonly hash = new Hash();
  private readonly vmas = new Met();
  private readonly anons = new Met();
  private readonly files = new Met();
  private readonly contexts = new Met();
  private readonly pages = new Met();

  constructor(private readonly k: Kernel) {}

  fingerprint(): number {
    const { k, hash } = this;
    for (const mm of k.mms.values()) this.mm(mm);
    for (const [mm, open] of k.opened) {
      const { prev, next } = open.vmg;
      hash.add(mm);
      hash.add(this.vmaName(open.vma.mm.linked(prev)?.id ?? 0));
      hash.add(this.vmaName(open.vma.mm.linked(next)?.id ?? 0));
      hash.text(JSON.stringify([open.vm_flags, open.populate, open.actions ?? null, open.label ?? null]));
      this.vma(open.vma);
    }
    this.allFiles();
    // roots and parents are met on the way
    for (let i = 0; i < this.anons.met.length; i++) this.anonVma(this.anons.met[i]!);
    this.swap();
    this.thp();
    this.hugetlb();
    for (const pfn of k.pins) hash.add(this.page(pfn));
    this.memtypes();
    this.frames();
    return hash.value;
  }

  private mm(mm: Mm): void {
    const { hash } = this;
    hash.add(mm.id);
    hash.add(mm.locked_vm);
    hash.add(mm.start_brk);
    hash.add(mm.brk);
    hash.add(mm.start_stack);
    hash.text(mm.comm);
    hash.add((mm.has_pinned ? 1 : 0) + (mm.merge_any ? 2 : 0) + (mm.huge_zero_page ? 4 : 0));
    for (const counter of mm.rss) hash.add(counter);
    for (const label of Object.keys(mm.labels).sort()) {
      hash.text(label);
      hash.add(mm.labels[label]!);
    }
    for (const vma of mm.vmas) this.vma(vma);
    this.table(mm);
  }

  private vma(vma: Vma): void {
    const { hash } = this;
    hash.add(this.vmas.of(vma.id));
    hash.add(vma.mm.id);
    hash.add(vma.vm_start);
    hash.add(vma.vm_end);
    hash.add(vma.vm_flags);
    hash.add(vma.vm_flags_hi);
    hash.add(vma.vm_pgoff);
    hash.add(vma.vm_page_prot.lo);
    hash.add(vma.vm_page_prot.hi);
    hash.text(vma.vm_ops === null ? '' : textOf(vma.vm_ops));
    hash.text(vma.vm_private_data === null ? '' : textOf(vma.vm_private_data));
    hash.text(vma.hugetlb === null ? '' : textOf(vma.hugetlb));
    hash.text(vma.swap_readahead_info === null ? '' : textOf(vma.swap_readahead_info));
    hash.add(vma.vm_file === null ? -1 : this.files.of(vma.vm_file.id));
    hash.add(this.anonName(vma.anon_vma?.id ?? 0));
    for (const anon_vma of vma.anon_vma_chain) hash.add(this.anonName(anon_vma.id));
    hash.add(vma.pfnmap_track_ctx === 0 ? -1 : this.contexts.of(vma.pfnmap_track_ctx));
    hash.add(vma.anon_pgoff);
  }

  private table(mm: Mm): void {
    const { hash, k } = this;
    const { pte } = k;
    const p: Pte = { lo: 0, hi: 0 };
    const plain: Pte = { lo: 0, hi: 0 };
    const none: Pte = { lo: 0, hi: 0 };
    mm.pt.forEachEntry(0, k.arch.task_pages, p, (vpn: number, level: Level) => {
      hash.add(vpn);
      hash.add(level);
      if (level === PTE && pte.present(p) && this.allocated(pte.pfn(p))) {
        // the same bits with another pfn; the pfn may be stored inverted
        const pfn = pte.pfn(p);
        pte.pfn_pte(plain, pfn, none);
        hash.add(this.page(pfn));
        hash.add(p.lo ^ plain.lo);
        hash.add(p.hi ^ plain.hi);
      } else {
        hash.add(p.lo);
        hash.add(p.hi);
      }
    });
  }

  private allFiles(): void {
    const { hash, files } = this;
    for (const file of this.k.files.values()) {
      // shared anonymous memory is called by its number
      hash.text(file.nameless ? '' : file.name);
      hash.add(files.has(file.id) ? files.of(file.id) : -1);
      hash.add(file.pages);
      for (const [index, pfn] of file.page_cache) {
        hash.add(index);
        hash.add(this.page(pfn));
      }
      for (const [index, offset] of file.swapped) {
        hash.add(index);
        hash.add(offset);
      }
      for (const id of file.i_mmap) hash.add(this.vmaName(id));
      hash.text(file.resv.length === 0 ? '' : textOf(file.resv));
    }
  }

  private anonVma(id: number): void {
    const { hash } = this;
    const anon_vma = this.k.anon_vmas.peek(id);
    if (anon_vma === undefined) return;
    hash.add(this.anonName(anon_vma.root));
    hash.add(this.anonName(anon_vma.parent));
    hash.add(anon_vma.num_children);
    hash.add(anon_vma.num_active_vmas);
    for (const vma of anon_vma.vmas) hash.add(this.vmaName(vma));
  }

  /** Folios of more than one page, what is known of huge pages, and tables of PTEs, which matter where there are any. */
  private thp(): void {
    const { hash, k } = this;
    if (!k.thp.on) return;
    const { deferred, ...rest } = k.thp.state;
    hash.text(JSON.stringify(rest));
    for (const head of deferred) hash.add(head);
    for (const folio of k.heap.folios.values()) hash.text(JSON.stringify(folioRecord(folio)));
    for (const mm of k.mms.values()) for (const table of mm.pt.tables()) hash.add(table);
  }

  /** Pools of huge pages, and who has reserved of them. */
  private hugetlb(): void {
    const { hash, k } = this;
    if (!k.hugetlb.on) return;
    hash.text(textOf(k.hugetlb.state));
    if (!k.thp.on) for (const folio of k.heap.folios.values()) hash.text(JSON.stringify(folioRecord(folio)));
  }

  private swap(): void {
    const { hash } = this;
    const { swap } = this.k;
    if (!swap.enabled) return;
    hash.add(swap.next);
    hash.text(textOf(swap.cluster));
    for (const { id, count, cache, content, shadow } of swap.slots.values()) {
      hash.add(id);
      hash.add(count);
      hash.add(cache < 0 ? -1 : this.page(cache));
      hash.add(content);
      hash.add(shadow ? 1 : 0);
    }
  }

  private memtypes(): void {
    const { hash, contexts } = this;
    const { reserved, contexts: used } = this.k.memtypes.state;
    if (reserved.length > 0) hash.text(textOf(reserved));
    for (const { id, pfn, pages, kref } of used) {
      hash.add(contexts.of(id));
      hash.add(pfn);
      hash.add(pages);
      hash.add(kref);
    }
  }

  /** Frames that nothing names in any order, the others in that of their names. */
  private frames(): void {
    const { hash, k, pages } = this;
    let rest = 0;
    k.frames.forEach((pfn, leaf, at) => {
      if (!this.allocated(pfn)) {
        hash.add(pfn);
        this.frame(hash, leaf, at);
      } else if (!pages.has(pfn)) {
        const one = new Hash();
        this.frame(one, leaf, at);
        rest = (rest + one.value) % Number.MAX_SAFE_INTEGER;
      }
    });
    hash.add(rest);
    for (const pfn of pages.met) k.frames.read(pfn, (leaf, at) => this.frame(hash, leaf, at));
  }

  private frame(hash: Hash, leaf: Readonly<FrameLeaf>, at: number): void {
    for (let field = 0; field < FRAME_FIELDS; field++) {
      if (field === F.seq) continue;
      const value = leaf[at + field]!;
      if (field !== F.mapping) hash.add(value);
      else hash.add(value < 0 ? -2 - this.files.of(-value) : this.anonName(value));
    }
  }

  private allocated(pfn: number): boolean {
    return this.k.frames.test(pfn, PG.allocated);
  }

  /** Odd: a frame that was allocated, by when it is met. Even: any other, by its number. */
  private page(pfn: number): number {
    return this.allocated(pfn) ? 2 * this.pages.of(pfn) + 1 : 2 * pfn;
  }

  private vmaName(id: number): number {
    return id === 0 ? -1 : this.vmas.of(id);
  }

  private anonName(id: number): number {
    if (id === 0) return -1;
    return id >= NAMED_ANON_VMA ? id : this.anons.of(id);
  }
}
