// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Pieces of a dump's text that come again from step to step. A dump says everything each time, and
 * a step changes little of it: what an entry or a VMA looked like is remembered with its text.
 */
import { hexAddress, hexLong, hexPte } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { PG, type Vma, vm_flags_wide } from '@specialbit/core/kernel';
import { kernelVmFlags } from '@specialbit/events';

/** Letters of a frame's flags, in the harness's order. */
const FLAG_LETTERS: readonly (readonly [number, string])[] = [
  [PG.anon, 'a'],
  [PG.anon_exclusive, 'x'],
  [PG.reserved, 'r'],
  [PG.dirty, 'd'],
  [PG.uptodate, 'u'],
  [PG.lru, 'l'],
  [PG.active, 'A'],
  [PG.referenced, 'R'],
  [PG.swapbacked, 'b'],
  [PG.mlocked, 'm'],
  [PG.unevictable, 'U'],
  [PG.locked, 'L'],
  [PG.swapcache, 'c'],
];

const lettersOf = new Map<number, string>();

/** The `flags` of a frame record. */
export function flagLetters(flags: number): string {
  let text = lettersOf.get(flags);
  if (text === undefined) {
    text = '';
    for (const [bit, letter] of FLAG_LETTERS) {
      if ((flags & bit) === 0) continue;
      if (bit === PG.anon_exclusive && (flags & PG.anon) === 0) continue;
      text += letter;
    }
    lettersOf.set(flags, text);
  }
  return text;
}

interface PteLike {
  lo: number;
  hi: number;
}

/** What a raw entry looks like, without its place and its label. */
export class EntryText {
  /** The label that the two texts were made for. */
  private label = '';
  private withPage = '';
  private withNull = '';

  constructor(
    readonly lo: number,
    readonly hi: number,
    readonly present: boolean,
    readonly pfn: number,
    /** From the raw value to the label's quote; all of it for an entry that is not present. */
    readonly head: string,
    /** Behind `normal`. */
    private readonly tail: string,
  ) {}

  /** vm_normal_page() gave the page that the label names. */
  page(label: string): string {
    if (label !== this.label) this.relabel(label);
    return this.withPage;
  }

  /** vm_normal_page() gave NULL. */
  none(label: string): string {
    if (label !== this.label) this.relabel(label);
    return this.withNull;
  }

  /** Anything else, as JSON. */
  other(label: string, normal: string): string {
    return `${this.head}${label}",${normal}${this.tail}`;
  }

  private relabel(label: string): void {
    this.label = label;
    this.withPage = this.other(label, `"${label}"`);
    this.withNull = this.other(label, 'null');
  }
}

/** Slots for entries; two that fall into one slot take turns. */
const SLOTS = 4096;

interface VmaText {
  start: number;
  end: number;
  flags: number;
  flags_hi: number;
  pgoff: number;
  lo: number;
  hi: number;
  text: string;
}

export class DumpTexts {
  private readonly entries = new Array<EntryText | undefined>(SLOTS).fill(undefined);
  private readonly vmas = new WeakMap<Vma, VmaText>();
  private readonly swp = { type: 0, offset: 0 };

  constructor(
    private readonly arch: Architecture,
    private readonly version: string,
  ) {}

  /** The text of a raw entry. */
  entry(p: PteLike): EntryText {
    const slot = (Math.imul(p.lo ^ Math.imul(p.hi, 0x9e3779b1), 0x85ebca6b) >>> 20) & (SLOTS - 1);
    const known = this.entries[slot];
    if (known !== undefined && known.lo === p.lo && known.hi === p.hi) return known;
    const made = this.makeEntry(p);
    this.entries[slot] = made;
    return made;
  }

  private makeEntry(p: PteLike): EntryText {
    const { pte, hw_pte } = this.arch;
    const raw = hexPte(p);
    if (!pte.present(p)) {
      pte.pte_to_swp_entry(p, this.swp);
      const text = `"${raw}","swap",${this.swp.type},"${this.swp.offset.toString(16)}"]`;
      return new EntryText(p.lo, p.hi, false, -1, text, '');
    }
    const pfn = pte.pfn(p);
    const bits = `P${pte.write(p) ? 'W' : '-'}${pte.dirty(p) ? 'D' : '-'}${pte.young(p) ? 'Y' : '-'}${pte.special(p) ? 'S' : '-'}`;
    const tail = hw_pte === undefined ? ']' : `,"${(hw_pte(p) >>> 0).toString(16)}"]`;
    return new EntryText(p.lo, p.hi, true, pfn, `"${raw}","${bits}","${pfn.toString(16)}","`, tail);
  }

  /** A PMD that maps memory, in register `p`: from the raw value to the label's quote. */
  pmd(p: PteLike): string {
    const pmd = this.arch.pmd!;
    const bits = `P${pmd.write(p) ? 'W' : '-'}${pmd.dirty(p) ? 'D' : '-'}${pmd.young(p) ? 'Y' : '-'}${pmd.special(p) ? 'S' : '-'}`;
    return `"${hexPte(p)}","${bits}","${pmd.pfn(p).toString(16)}","`;
  }

  /** Everything of a VMA up to its entries. */
  vma(vma: Vma): string {
    const { vm_start, vm_end, vm_flags, vm_flags_hi, vm_pgoff, vm_page_prot } = vma;
    let known = this.vmas.get(vma);
    if (
      known === undefined ||
      known.start !== vm_start ||
      known.end !== vm_end ||
      known.flags !== vm_flags ||
      known.flags_hi !== vm_flags_hi ||
      known.pgoff !== vm_pgoff ||
      known.lo !== vm_page_prot.lo ||
      known.hi !== vm_page_prot.hi
    ) {
      known = {
        start: vm_start,
        end: vm_end,
        flags: vm_flags,
        flags_hi: vm_flags_hi,
        pgoff: vm_pgoff,
        lo: vm_page_prot.lo,
        hi: vm_page_prot.hi,
        text: this.makeVma(vma),
      };
      this.vmas.set(vma, known);
    }
    return known.text;
  }

  /** vm_flags as this kernel numbers them; nearly always the lower half, which all kernels number alike. */
  private flagsOf({ vm_flags, vm_flags_hi }: Vma): string {
    if (vm_flags_hi === 0) return (vm_flags >>> 0).toString(16);
    return kernelVmFlags(vm_flags_wide(vm_flags, vm_flags_hi), this.version, this.arch).toString(16);
  }

  private makeVma(vma: Vma): string {
    const { arch } = this;
    return (
      `{"start":"${hexAddress(arch, vma.vm_start)}","end":"${hexAddress(arch, vma.vm_end)}",` +
      `"flags":"${this.flagsOf(vma)}","pgoff":"${hexLong(arch, vma.vm_pgoff)}",` +
      `"prot":"${hexPte(vma.vm_page_prot)}","kind":"${kindOf(vma)}","pt":[`
    );
  }
}

function kindOf({ vm_file, vm_ops }: Vma): string {
  if (vm_file?.name === 'dev' || vm_file?.name === 'prep') return 'dev';
  if (vm_ops === null) return 'anon';
  return vm_ops.kind === 'shmem' ? 'shmem' : 'other';
}
