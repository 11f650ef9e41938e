import { type CompiledCodec, compileCodec } from './codec.js';
import type { Pte } from './contract.js';
import { defineLayout } from './define-layout.js';
import { ArchError } from './errors.js';
import { type ArchFacts, GENERIC_FACTS } from './facts.js';
import type { LayoutSpec, PteLayout } from './layout.js';
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

/** All five levels from the top, folded ones included; each table must cover exactly one entry of the level above. */
function expandLevels(spec: ArchitectureSpec): readonly PageTableLevel[] {
  const levels: PageTableLevel[] = [];
  let above: PageTableLevel | undefined;
  for (const name of ['pgd', 'p4d', 'pud', 'pmd', 'pte'] as const) {
    const own = spec.levels[name];
    if (!own) {
      levels.push({ name, shift: (above as PageTableLevel).shift, entries: 1, folded: true });
      continue;
    }
    const level: PageTableLevel = { name, shift: own[0], entries: own[1], folded: false };
    const covers = level.shift + Math.log2(level.entries);
    if (above && covers !== above.shift) {
      throw new ArchError(
        'arch.geometry',
        `${spec.name}: a ${name} table of ${level.entries} entries of 2^${level.shift} bytes covers 2^${covers} bytes, but a ${above.name} entry covers 2^${above.shift}`,
        'Correct a shift or the number of entries',
      );
    }
    levels.push(level);
    above = level;
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
