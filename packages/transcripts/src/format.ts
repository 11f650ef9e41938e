// SPDX-License-Identifier: GPL-2.0-or-later
/** The records of a laboratory transcript: JSON Lines, numbers given as strings are hexadecimal. */

export interface TranscriptHeader {
  readonly header: 1;
  readonly arch: string;
  readonly kernel: string;
  readonly page_size: number;
  readonly bits: 32 | 64;
  readonly has_pte_special: 0 | 1;
  readonly ram: readonly (readonly [string, string])[];
  readonly highest_memmap_pfn: string;
  readonly zero_pfn: string;
  readonly zero_pages: number;
  readonly frames: Readonly<Record<string, string>>;
  /**
   * 2: the harness knows pages of processes and files by their labels, maps huge pages, and shows the PMDs that map
   * memory. Absent: 1.
   */
  readonly harness?: number;
  /** Kconfig symbols that are set, of those that change answers. Absent: what all kernels of the laboratory had. */
  readonly config?: readonly string[];
  readonly const: { readonly swap?: number | string } & Readonly<Record<string, number | string>>;
}

export interface BeginRecord {
  readonly begin: string;
  readonly index: number;
  readonly ram?: readonly (readonly [string, string])[];
  readonly highest_memmap_pfn?: string;
  readonly zero_pfn?: string;
  readonly frames?: Readonly<Record<string, string>>;
}

/** The script line of a step: a name and its arguments. */
export interface Op {
  readonly name: string;
  readonly [argument: string]: string | number;
}

export type PresentEntry =
  | readonly [number, string, string, string, string, string | null]
  | readonly [number, string, string, string, string, string | null, string];
export type SwapEntryRecord = readonly [number, string, 'swap', number, string];
export type PtEntry = PresentEntry | SwapEntryRecord;

/** A PMD that maps memory: page index, raw, bits, pfn, label, normal. */
export type PmdEntry =
  | readonly [number, string, string, string, string, string | null]
  | readonly [number, string, string, string, string, string | null, string];

export interface VmaDump {
  readonly start: string;
  readonly end: string;
  readonly flags: string;
  readonly pgoff: string;
  readonly prot: string;
  readonly kind: string;
  readonly pt: readonly PtEntry[];
  /** Where there are any. */
  readonly pmds?: readonly PmdEntry[];
  /** PMD ranges that have a page table. */
  readonly tabs?: readonly number[];
}

export interface MmDump {
  readonly mm: number;
  /** MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES, MM_SWAPENTS. */
  readonly rss: readonly [number, number, number, number];
  readonly vmas: readonly VmaDump[];
}

export interface Dump {
  readonly mms: readonly MmDump[];
  readonly frames: Readonly<Record<string, readonly [number, number, string]>>;
  readonly warn?: readonly string[];
  /** Of the laboratory for huge pages. */
  readonly folios?: Readonly<Record<string, { readonly o: number } & Readonly<Record<string, unknown>>>>;
  readonly ev?: Readonly<Record<string, number>>;
  readonly mthp?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly nr?: Readonly<Record<string, number>>;
  readonly dq?: readonly string[];
  readonly dqlen?: number;
  readonly hz?: readonly [number, number];
  /** Pools of hugetlb: order, nr, free, resv, surplus, nr_overcommit, and the free pages, the next one first. */
  readonly pools?: readonly (readonly [number, number, number, number, number, number, readonly string[]])[];
}

export interface StepRecord {
  readonly scenario: string;
  readonly seq: number;
  readonly mm: number;
  readonly op: Op;
  readonly ret?: number;
  readonly err?: string;
  readonly would?: string;
  readonly signal?: string;
  readonly si_code?: number;
  readonly val?: number;
  readonly pages?: readonly string[];
  readonly left?: number;
  readonly pfn?: string;
  readonly label?: string;
  readonly prot?: string;
  readonly writable?: number;
  readonly special?: number;
  readonly addr?: string;
  readonly calls?: readonly [number, number, number];
  readonly loop?: 1;
  readonly fault_would?: string;
  readonly kmsg?: readonly string[];
  readonly kmsg_lost?: number;
  readonly dump?: Dump;
  /** In a stripped transcript: label -> pfn (hex) of pages that appear for the first time. */
  readonly alloc?: Readonly<Record<string, string>>;
  readonly oops?: readonly string[];
}
