import { type CompiledCodec, compileCodec } from './codec.js';
import type { Pte } from './contract.js';
import { defineLayout } from './define-layout.js';
import { ArchError } from './errors.js';
import { type ArchFacts, GENERIC_FACTS } from './facts.js';
import type { LayoutSpec, PteLayout } from './layout.js';
import { formatPte } from './raw.js';
import { compileUserAccess, type MmuSpec, type UserAccess } from './user-access.js';

/** One level of the page table. A folded level has no table of its own. */
export interface PageTableLevel {
  readonly name: 'pgd' | 'p4d' | 'pud' | 'pmd' | 'pte';
  /** log2 of the bytes that one entry covers (PGDIR_SHIFT ... PAGE_SHIFT). */
  readonly shift: number;
  /** PTRS_PER_x; 1 when folded. */
  readonly entries: number;
  readonly folded: boolean;
}

/** At which levels an entry can be special: never one boolean of the architecture. */
export interface SpecialLevels {
  readonly pte: boolean;
  readonly pmd: boolean;
  readonly pud: boolean;
}

/** Software bits beyond the special one that the configuration compiles in. */
export interface ArchFeatures {
  /** ARCH_HAS_PTE_DEVMAP */
  readonly pte_devmap: boolean;
  /** MEM_SOFT_DIRTY */
  readonly soft_dirty: boolean;
  /** HAVE_ARCH_USERFAULTFD_WP */
  readonly uffd_wp: boolean;
  /** ARCH_SUPPORTS_HUGE_PFNMAP */
  readonly huge_pfnmap: boolean;
}

/** An architecture in one configuration, as a plugin describes it. */
export interface ArchitectureSpec {
  /** Short and unique: `x86_64`, `arm-lpae`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** The directory of arch/ in the kernel tree. */
  readonly family: string;
  readonly title: string;
  /** The Kconfig conditions under which the layout holds. */
  readonly kconfig: string;
  /** Files of the kernel tree from which it was read. */
  readonly source: readonly string[];
  readonly notes?: readonly string[];
  /** BITS_PER_LONG */
  readonly bits: 32 | 64;
  readonly bigEndian?: boolean;
  /** Levels from the top, `name: [shift, entries]`; levels that are left out are folded into the one above. */
  readonly levels: {
    readonly pgd: readonly [number, number];
    readonly p4d?: readonly [number, number];
    readonly pud?: readonly [number, number];
    readonly pmd?: readonly [number, number];
    readonly pte: readonly [number, number];
  };
  /** First address that user code cannot have, bytes. */
  readonly TASK_SIZE: bigint;
  readonly layout: Omit<LayoutSpec, 'pageShift'>;
  /** Special bits above the PTE level (ARCH_SUPPORTS_HUGE_PFNMAP). */
  readonly special?: { readonly pmd?: boolean; readonly pud?: boolean };
  readonly features?: Partial<ArchFeatures>;
  readonly facts: Partial<ArchFacts>;
  readonly mmu: MmuSpec;
  /** Replaces single operations of the codec that no table can express. */
  readonly override?: (codec: CompiledCodec) => Partial<CompiledCodec>;
  /** The hardware's own word for an entry, where Linux keeps two (arm short descriptors). */
  readonly hw_pte?: (p: Readonly<Pte>) => number;
}

/** An architecture in one configuration, ready for use; immutable. */
export interface Architecture {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly family: string;
  readonly title: string;
  readonly kconfig: string;
  readonly source: readonly string[];
  readonly notes: readonly string[];
  /** BITS_PER_LONG */
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
  readonly page: { readonly shift: number; readonly size: number };
  readonly levels: readonly PageTableLevel[];
  readonly TASK_SIZE: bigint;
  /** TASK_SIZE in pages: the first virtual page number that user code cannot have. */
  readonly task_pages: number;
  readonly layout: PteLayout;
  readonly pte: CompiledCodec;
  readonly special: SpecialLevels;
  readonly features: ArchFeatures;
  readonly facts: ArchFacts;
  readonly mmu: MmuSpec;
  readonly user_access: UserAccess;
  readonly hw_pte: ((p: Readonly<Pte>) => number) | undefined;
  /** Raw value of an entry in hex without `0x`, as transcripts and the kernel's messages have it. */
  formatPte(p: Readonly<Pte>): string;
  /** The byte address of a virtual page, in hex without `0x`. */
  formatAddress(vpn: number): string;
  /** An unsigned long in hex without `0x`; a negative number wraps as in C. */
  formatLong(value: number): string;
}

const NO_FEATURES: ArchFeatures = { pte_devmap: false, soft_dirty: false, uffd_wp: false, huge_pfnmap: false };

/** Checks and compiles an architecture. Throws ArchError, naming the architecture, when it cannot be right. */
export function defineArchitecture(spec: ArchitectureSpec): Architecture {
  const levels = expandLevels(spec);
  const shift = spec.levels.pte[0];
  const layout = named(spec.name, () => defineLayout({ ...spec.layout, pageShift: shift }));
  const compiled = compileCodec(layout);
  const pte: CompiledCodec = spec.override ? { ...compiled, ...spec.override(compiled) } : compiled;
  const special = layout.tests.special;
  return {
    name: spec.name,
    aliases: spec.aliases ?? [],
    family: spec.family,
    title: spec.title,
    kconfig: spec.kconfig,
    source: spec.source,
    notes: spec.notes ?? [],
    bits: spec.bits,
    bigEndian: spec.bigEndian ?? false,
    page: { shift, size: 2 ** shift },
    levels,
    TASK_SIZE: spec.TASK_SIZE,
    task_pages: Number(spec.TASK_SIZE >> BigInt(shift)),
    layout,
    pte,
    special: {
      pte: special.kind !== 'const' || special.value,
      pmd: spec.special?.pmd ?? false,
      pud: spec.special?.pud ?? false,
    },
    features: { ...NO_FEATURES, ...spec.features },
    facts: { ...GENERIC_FACTS, ...spec.facts },
    mmu: spec.mmu,
    user_access: compileUserAccess(spec.mmu, pte, layout.pteBits),
    hw_pte: spec.hw_pte,
    formatPte,
    formatAddress: (vpn) => BigInt.asUintN(spec.bits, BigInt(vpn) << BigInt(shift)).toString(16),
    formatLong: (value) => BigInt.asUintN(spec.bits, BigInt(value)).toString(16),
  };
}

/**
 * The same architecture on a machine whose boot code or CPU gives other protections: memory types
 * on arm and mips, no NX on an old x86. `protections` are raw values, index as in `protection_map`.
 */
export function withProtectionMap(
  spec: ArchitectureSpec,
  protections: readonly bigint[],
  name = spec.name,
): ArchitectureSpec {
  return { ...spec, name, layout: { ...spec.layout, protectionMap: protections } };
}

function expandLevels(spec: ArchitectureSpec): readonly PageTableLevel[] {
  const levels: PageTableLevel[] = [];
  let shift = spec.levels.pgd[0];
  for (const name of ['pgd', 'p4d', 'pud', 'pmd', 'pte'] as const) {
    const own = spec.levels[name];
    if (own && own[0] > shift) {
      throw new ArchError(
        'arch.geometry',
        `${spec.name}: ${name} covers 2^${own[0]} bytes, more than the level above it (2^${shift})`,
        'List the levels from the top with falling shifts',
      );
    }
    if (own) shift = own[0];
    levels.push({ name, shift, entries: own ? own[1] : 1, folded: own === undefined });
  }
  return levels;
}

function named<T>(name: string, define: () => T): T {
  try {
    return define();
  } catch (error) {
    if (error instanceof ArchError) throw new ArchError(error.code, `${name}: ${error.problem}`, error.remedy);
    throw error;
  }
}
