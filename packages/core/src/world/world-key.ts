// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A world as a text that two worlds share when nothing but names and numbers tells them apart: what mappings
 * are labelled, in which order VMAs, anon_vmas and nameless files were numbered, and which of the free frames
 * the allocator took. What is numbered is named by where a walk through the world comes upon it first.
 */
import type { Architecture } from '../arch/architecture.js';
import type { Pte } from '../arch/contract.js';
import { F, FrameTable, PG } from '../machine/frame-table.js';
import { emptyThp } from '../machine/thp.js';
import { foliosOf } from '../mm/folio-table.js';
import { Journal } from '../mm/journal.js';
import { PTE } from '../mm/level.js';
import type { ProcessState } from '../mm/mm.js';
import { PageTable } from '../mm/page-table.js';
import { type PageTableLayout, pageTableLayout } from '../mm/page-table-layout.js';
import { slotEntries } from '../mm/slots.js';
import type { VmaRecord } from '../mm/vma-record.js';
import { framesOf } from './frames-of.js';
import { processesOf, type World } from './world.js';

/** From here on an anon_vma's number is the name that a log gave it (`anon_vma` of `map_vma`). */
const NAMED_ANON_VMA = 2 ** 40;

/** Names for numbers, in the order in which they come up. */
class Names {
  private readonly names = new Map<number, string>();

  constructor(private readonly letter: string) {}

  of(number: number): string {
    let name = this.names.get(number);
    if (name === undefined) {
      name = `${this.letter}${this.names.size}`;
      this.names.set(number, name);
    }
    return name;
  }

  has(number: number): boolean {
    return this.names.has(number);
  }

  get numbers(): number[] {
    return [...this.names.keys()];
  }
}

/**
 * The canonical key of a world of one lane: equal keys are worlds in which every event that names no label
 * has the same outcome and leads to equal keys again. Swap slots keep their numbers (readahead depends on
 * them), processes and files their names. `labels: true` tells worlds apart whose mappings are labelled
 * otherwise, for events that name them. A frame's number that a driver made a vm_pgoff stays what it is: the
 * linear rule asks for it. Costs the whole world.
 */
export function worldKey(arch: Architecture, world: World, options: { readonly labels?: boolean } = {}): string {
  return new KeyWriter(arch, world).write(options.labels === true);
}

class KeyWriter {
  private readonly layout: PageTableLayout;
  private readonly frames: FrameTable;
  private readonly pages = new Names('f');
  private readonly vmas = new Names('v');
  private readonly anons = new Names('a');
  private readonly files = new Names('n');
  private readonly contexts = new Names('c');
  private readonly fileNames: ReadonlyMap<number, string>;
  private readonly lines: string[] = [];

  constructor(
    private readonly arch: Architecture,
    private readonly world: World,
  ) {
    this.layout = pageTableLayout(arch);
    this.frames = new FrameTable(new Journal(), world.frames);
    this.fileNames = new Map([...world.names].map(([name, id]) => [id, name]));
  }

  write(labels: boolean): string {
    const { world, lines } = this;
    const vmas = new Map(slotEntries(world.vmas));
    for (const state of processesOf(world)) {
      lines.push(this.process(state, labels));
      for (const vma of state.vmas.flat()) lines.push(this.vma(vma));
      lines.push(this.table(state));
    }
    for (const [mm, open] of [...world.opened].sort(([a], [b]) => a - b)) {
      const { vma, prev, next, label, ...rest } = open;
      const name = labels ? label : undefined;
      lines.push(`open ${mm} ${this.vmaName(prev)} ${this.vmaName(next)} ${json({ ...rest, name })}`);
      lines.push(this.vma(vmas.get(vma)!));
    }
    this.writeFiles();
    this.writeAnonVmas();
    this.writeThp();
    this.writeHugetlb();
    const { next, cluster, slots } = world.swap;
    lines.push(`swap ${next} ${json(cluster)}`);
    for (const [offset, { count, cache, content, shadow }] of slotEntries(slots)) {
      lines.push(`slot ${offset} ${count} ${cache < 0 ? '-' : this.page(cache)} ${content} ${shadow}`);
    }
    lines.push(`pins ${slotEntries(world.pins).map(([, pfn]) => this.page(pfn))}`);
    this.writeMemtypes();
    this.writeFrames();
    return lines.join('\n');
  }

  private process({ id, fields, rss, labels }: ProcessState, named: boolean): string {
    return `mm ${id} ${json(fields)} ${rss}${named ? ` ${json(labels.toObject())}` : ''}`;
  }

  private vma({ id, mm, file, anon_vma, anon_vma_chain, pfnmap_track_ctx, ...rest }: VmaRecord): string {
    const chain = anon_vma_chain.map((anon) => this.anon(anon));
    const context = pfnmap_track_ctx === 0 ? '' : `${this.contexts.of(pfnmap_track_ctx)} `;
    return `${this.vmas.of(id)} ${mm} ${this.file(file)} ${this.anon(anon_vma)} [${chain}] ${context}${json(rest)}`;
  }

  private table({ pageTable }: ProcessState): string {
    const { pte } = this.arch;
    const p: Pte = { lo: 0, hi: 0 };
    const plain: Pte = { lo: 0, hi: 0 };
    const none: Pte = { lo: 0, hi: 0 };
    const parts: string[] = [];
    new PageTable(this.layout, new Journal(), pageTable).forEachEntry(0, this.arch.task_pages, p, (vpn, level) => {
      let entry = `${p.hi}:${p.lo}`;
      if (level === PTE && pte.present(p) && this.allocated(pte.pfn(p))) {
        // the same bits with another pfn; the pfn may be stored inverted
        pte.pfn_pte(plain, pte.pfn(p), none);
        entry = `${this.page(pte.pfn(p))}:${p.hi ^ plain.hi}:${p.lo ^ plain.lo}`;
      }
      parts.push(`${vpn}.${level}=${entry}`);
    });
    return parts.join(' ');
  }

  /** Folios of more than one page, what is known of huge pages, and tables of PTEs, which matter where there are any. */
  private writeThp(): void {
    const { thp, folios, mms } = this.world;
    if (thp === emptyThp) return;
    const { deferred, huge_zero_pfn, ...rest } = thp;
    this.lines.push(`thp ${json(rest)} ${huge_zero_pfn} [${[...deferred]}]`);
    for (const folio of foliosOf(folios)) this.lines.push(`folio ${json(folio)}`);
    for (const [mm, state] of slotEntries(mms)) {
      const tables = new PageTable(this.layout, new Journal(), state.pageTable).tables();
      this.lines.push(`tables ${mm} ${tables}`);
    }
  }

  private writeHugetlb(): void {
    const { hugetlb, folios, thp } = this.world;
    if (hugetlb.hstates.length === 0) return;
    this.lines.push(`hugetlb ${json(hugetlb)}`);
    if (thp === emptyThp) for (const folio of foliosOf(folios)) this.lines.push(`folio ${json(folio)}`);
  }

  private writeFiles(): void {
    const records = new Map(slotEntries(this.world.files));
    const numbered = this.files.numbers;
    const others = [...records.keys()].filter((id) => !this.files.has(id));
    const named = others.filter((id) => this.fileNames.has(id)).sort((a, b) => (this.file(a) < this.file(b) ? -1 : 1));
    const unseen = others.filter((id) => !this.fileNames.has(id));
    for (const id of [...named, ...numbered, ...unseen]) {
      const record = records.get(id);
      if (record === undefined) continue;
      const { name: _, id: __, page_cache, swapped, i_mmap, ...rest } = record;
      const cache = slotEntries(page_cache).map(([index, pfn]) => `${index}=${this.page(pfn)}`);
      const out = slotEntries(swapped).map(([index, offset]) => `${index}=${offset}`);
      this.lines.push(
        `${this.file(id)} ${json(rest)} [${cache}] [${out}] [${[...i_mmap].map((v) => this.vmaName(v))}]`,
      );
    }
  }

  private writeAnonVmas(): void {
    const records = new Map(slotEntries(this.world.anon_vmas));
    // a root is seen through its children, so that the list grows
    const written = new Set<number>();
    const write = (id: number): void => {
      if (written.has(id)) return;
      written.add(id);
      const record = records.get(id);
      if (record === undefined) return;
      const { root, parent, num_children, num_active_vmas, vmas } = record;
      const list = [...vmas].map((v) => this.vmaName(v));
      const above = `${this.anon(root)} ${this.anon(parent)}`;
      this.lines.push(`${this.anon(id)} ${above} ${num_children} ${num_active_vmas} [${list}]`);
      write(root);
      write(parent);
    };
    for (const id of this.anons.numbers) write(id);
    for (const id of records.keys()) write(id);
  }

  private writeMemtypes(): void {
    const { reserved, contexts } = this.world.memtypes;
    for (const { start, end, type } of reserved) this.lines.push(`memtype ${start} ${end} ${type}`);
    const named = contexts.map(({ id, pfn, pages, kref }) => `${this.contexts.of(id)} ${pfn} ${pages} ${kref}`);
    this.lines.push(...named.sort());
  }

  /** Frames that something holds by number, then those that nothing names, by what they are. */
  private writeFrames(): void {
    const named: string[] = [];
    const rest: string[] = [];
    const all = framesOf(this.world);
    for (const { pfn, record } of all) {
      if (!this.allocated(pfn)) this.lines.push(`${pfn.toString(16)} ${this.frame(record)}`);
      else if (this.pages.has(pfn)) named[Number(this.pages.of(pfn).slice(1))] = this.frame(record);
      else rest.push(this.frame(record));
    }
    this.lines.push(named.join('\n'), rest.sort().join('\n'));
  }

  private frame(record: readonly number[]): string {
    const fields = record.slice();
    fields[F.seq] = 0;
    const mapping = fields[F.mapping]!;
    fields[F.mapping] = 0;
    const of = mapping < 0 ? this.file(-mapping) : this.anon(mapping);
    return `${fields} ${of}`;
  }

  private allocated(pfn: number): boolean {
    return this.frames.test(pfn, PG.allocated);
  }

  private page(pfn: number): string {
    return this.allocated(pfn) ? this.pages.of(pfn) : pfn.toString(16);
  }

  private vmaName(id: number): string {
    return id === 0 ? '-' : this.vmas.of(id);
  }

  private anon(id: number): string {
    if (id === 0) return '-';
    return id >= NAMED_ANON_VMA ? `anon_vma ${id - NAMED_ANON_VMA}` : this.anons.of(id);
  }

  private file(id: number): string {
    return id === 0 ? '-' : (this.fileNames.get(id) ?? this.files.of(id));
  }
}

/** With the keys of every object in one order. */
function json(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
