// SPDX-License-Identifier: GPL-2.0-or-later
import { checkLayout } from './check.js';
import { type CompiledCodec, compileCodec } from './codec.js';
import type { Pte } from './contract.js';
import { canonicalLayout } from './define-layout.js';
import { ArchError } from './errors.js';
import { type ArchFacts, GENERIC_FACTS } from './facts.js';
import type { Feature, FeatureSet } from './feature.js';
import { checkHuge, compileHuge, type HugeCodec, type HugeLevels } from './huge.js';
import type { LayoutSpec, PteLayout } from './layout.js';
import { once } from './once.js';
import { overrideCodec } from './override.js';
import type { PtepSpec } from './ptep.js';
import { requireMembers } from './required.js';
import { checkShape } from './shape.js';
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

/** What one feature changed in an architecture, for good; the spec describes the newest kernel. */
export interface ArchitectureChange {
  readonly feature: Feature;
  /** The architecture of a kernel without the feature; name and page size stay. */
  readonly without: (spec: ArchitectureSpec) => ArchitectureSpec;
}

/** What one feature changed for some releases only (`until`): older kernels and the newest agree about it. */
export interface PassingChange {
  readonly feature: Feature;
  /** The architecture of a kernel with the feature; name and page size stay. */
  readonly with: (spec: ArchitectureSpec) => ArchitectureSpec;
}

/** A mail that proposed a change. */
export interface Proposal {
  /** Without brackets. */
  readonly messageId: string;
  readonly subject: string;
}

/**
 * An architecture in one configuration, as a plugin describes it. What has no question mark must be
 * said; everything else has the generic kernel's default.
 */
export interface ArchitectureSpec {
  /** Short and unique: `x86_64`, `arm-lpae`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** The directory of arch/ in the kernel tree. */
  readonly family: string;
  /** One line for people: `ARM, short descriptors, uniprocessor`. */
  readonly title: string;
  /** The Kconfig conditions under which the layout holds. */
  readonly kconfig: string;
  /** Files of the kernel tree, or the data sheet's page, from which it was read. */
  readonly source: readonly string[];
  /** Of a configuration that is in no release: the mail that proposed it. */
  readonly proposed?: Proposal;
  /** What would surprise a reader of the layout, a sentence each. */
  readonly notes?: readonly string[];
  /** BITS_PER_LONG */
  readonly bits: 32 | 64;
  readonly bigEndian?: boolean;
  /**
   * Levels from the top, `name: [shift, entries]`: `shift` is log2 of the bytes that one entry covers.
   * Levels that are left out are folded into the one above. The page size is 2 ** pte's shift.
   */
  readonly levels: {
    readonly pgd: readonly [number, number];
    readonly p4d?: readonly [number, number];
    readonly pud?: readonly [number, number];
    readonly pmd?: readonly [number, number];
    readonly pte: readonly [number, number];
  };
  /** First address that user code cannot have, bytes. */
  readonly TASK_SIZE: bigint;
  /** The entry of the last level, bit by bit. */
  readonly layout: Omit<LayoutSpec, 'pageShift'>;
  /** Special bits above the PTE level (ARCH_SUPPORTS_HUGE_PFNMAP). Whether a PTE has one, its layout says. */
  readonly special?: { readonly pmd?: boolean; readonly pud?: boolean };
  /** Entries above the PTE level that map huge pages. */
  readonly huge?: HugeLevels;
  readonly features?: Partial<ArchFeatures>;
  /** What differs from the generic kernel (GENERIC_FACTS). */
  readonly facts?: Partial<ArchFacts>;
  /** Who records that a page was touched: the hardware, the TLB miss handler, a fault, or nobody. */
  readonly mmu: MmuSpec;
  /**
   * Replaces single operations of the codec that no table can express; gets the codec that the layout
   * compiles to. What it returns is checked like the rest.
   */
  readonly override?: (codec: CompiledCodec) => Partial<CompiledCodec>;
  /** Its own ptep API, where it keeps several PTEs together in a kernel with transparent huge pages. */
  readonly ptep?: PtepSpec;
  /** The hardware's own word for an entry, where Linux keeps two (arm short descriptors). */
  readonly hw_pte?: (p: Readonly<Pte>) => number;
  /** How it differed in other kernels, newest change first: they are undone in this order. */
  readonly changes?: readonly (ArchitectureChange | PassingChange)[];
}

/** An architecture in one configuration, ready for use; immutable. */
export interface Architecture {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly family: string;
  readonly title: string;
  readonly kconfig: string;
  readonly source: readonly string[];
  readonly proposed: Proposal | undefined;
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
  /** Huge entries of that level (pmd_* and pud_* helpers); undefined where it has none. */
  readonly pmd: HugeCodec | undefined;
  readonly pud: HugeCodec | undefined;
  readonly special: SpecialLevels;
  readonly features: ArchFeatures;
  readonly facts: ArchFacts;
  readonly mmu: MmuSpec;
  readonly user_access: UserAccess;
  readonly ptep: PtepSpec | undefined;
  readonly hw_pte: ((p: Readonly<Pte>) => number) | undefined;
  /** The features that change it, newest first. */
  readonly changedBy: readonly Feature[];
  /** It in a kernel with these features; the same object when nothing differs. Throws ArchError. */
  readonly at: (kernel: FeatureSet) => Architecture;
}

const NO_FEATURES: ArchFeatures = { pte_devmap: false, soft_dirty: false, uffd_wp: false, huge_pfnmap: false };

/**
 * Checks and compiles an architecture as it is with all its features. Throws ArchError, naming the
 * architecture, when it cannot be right.
 */
export function defineArchitecture(spec: ArchitectureSpec): Architecture {
  requireMembers(spec);
  checkShape(spec);
  return architectureOf(spec, checkArchitecture);
}

/**
 * The same for an architecture whose package puts it to `checkArchitecture` in a test: a codec is compiled
 * when it is first asked for and its layout is not checked, so that a program that knows seventy
 * architectures starts at once.
 */
export function declareArchitecture(spec: ArchitectureSpec): Architecture {
  return architectureOf(spec, () => {});
}

/** Does the layout agree with itself, at every level? Throws ArchError, naming the architecture. */
export function checkArchitecture(arch: Architecture): void {
  // read first: what they throw has the name already
  const { layout, pte, special } = arch;
  const huge = [['pmd', arch.pmd] as const, ['pud', arch.pud] as const];
  named(arch.name, () => {
    checkLayout(layout, pte);
    for (const [name, codec] of huge) if (codec !== undefined) checkHuge(codec, { name, special: special[name] });
  });
}

function architectureOf(spec: ArchitectureSpec, check: (arch: Architecture) => void): Architecture {
  const changes = spec.changes ?? [];
  const known = new Map<string, Architecture>();
  const at = (kernel: FeatureSet): Architecture => {
    const undone = changes.filter((change) => kernel.has(change.feature) === 'with' in change);
    const key = undone.map((change) => change.feature.name).join(' ');
    let arch = known.get(key);
    if (arch === undefined) {
      const older = undone.reduce(
        (after, change) => ('with' in change ? change.with(after) : change.without(after)),
        spec,
      );
      arch = lazyArchitecture(older, changes, at);
      check(arch);
      known.set(key, arch);
    }
    return arch;
  };
  // the spec as it is
  return at({ has: (feature) => !changes.some((change) => change.feature === feature && 'with' in change) });
}

/** Everything that costs is made when it is read. */
function lazyArchitecture(
  spec: ArchitectureSpec,
  changes: NonNullable<ArchitectureSpec['changes']>,
  at: Architecture['at'],
): Architecture {
  requireMembers(spec);
  const levels = expandLevels(spec);
  checkUserAddresses(spec);
  const shift = spec.levels.pte[0];
  const layout = once(() => named(spec.name, () => canonicalLayout({ ...spec.layout, pageShift: shift })));
  const pte = once(() => {
    const compiled = compileCodec(layout());
    return spec.override ? overrideCodec(compiled, spec.override(compiled)) : compiled;
  });
  const huge = (name: 'pmd' | 'pud'): HugeCodec | undefined => {
    const of = spec.huge?.[name];
    if (of === undefined) return undefined;
    const level = levels.find((l) => l.name === name) as PageTableLevel;
    const hugeSpec = typeof of === 'function' ? of(spec.layout) : of;
    return named(spec.name, () =>
      compileHuge(spec.layout, hugeSpec, {
        shift: level.shift,
        pageShift: shift,
        special: spec.special?.[name] ?? false,
      }),
    );
  };
  const pmd = once(() => huge('pmd'));
  const pud = once(() => huge('pud'));
  const user_access = once(() => compileUserAccess(spec.mmu, pte(), layout().pteBits));
  const special = once((): SpecialLevels => {
    const test = layout().tests.special;
    return {
      pte: test.kind !== 'const' || test.value,
      pmd: spec.special?.pmd ?? false,
      pud: spec.special?.pud ?? false,
    };
  });
  return {
    name: spec.name,
    aliases: spec.aliases ?? [],
    family: spec.family,
    title: spec.title,
    kconfig: spec.kconfig,
    source: spec.source,
    proposed: spec.proposed,
    notes: spec.notes ?? [],
    bits: spec.bits,
    bigEndian: spec.bigEndian ?? false,
    page: { shift, size: 2 ** shift },
    levels,
    TASK_SIZE: spec.TASK_SIZE,
    task_pages: Number(spec.TASK_SIZE >> BigInt(shift)),
    get layout() {
      return layout();
    },
    get pte() {
      return pte();
    },
    get pmd() {
      return pmd();
    },
    get pud() {
      return pud();
    },
    get special() {
      return special();
    },
    get user_access() {
      return user_access();
    },
    features: { ...NO_FEATURES, ...spec.features },
    facts: { ...GENERIC_FACTS, ...spec.facts },
    mmu: spec.mmu,
    ptep: spec.ptep,
    hw_pte: spec.hw_pte,
    changedBy: [...new Set(changes.map((change) => change.feature))],
    at,
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

/** User addresses end at a page. (Not: within the table's reach. sparc64 has a hole in the middle.) */
function checkUserAddresses(spec: ArchitectureSpec): void {
  const page = 1n << BigInt(spec.levels.pte[0]);
  if (spec.TASK_SIZE > 0n && spec.TASK_SIZE % page === 0n) return;
  throw new ArchError(
    'arch.geometry',
    `${spec.name}: TASK_SIZE 0x${spec.TASK_SIZE.toString(16)} is no number of pages of 0x${page.toString(16)} bytes`,
    'Give the first byte that user code cannot have',
  );
}

function named<T>(name: string, define: () => T): T {
  try {
    return define();
  } catch (error) {
    if (error instanceof ArchError) throw new ArchError(error.code, `${name}: ${error.problem}`, error.remedy);
    throw error;
  }
}
