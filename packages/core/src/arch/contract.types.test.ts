// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The contract of plugins as types: what the compiler must accept and refuse. `npm run typecheck` is what runs
 * these; where one of them no longer compiles, plugins that others wrote do not either.
 */
import { expectTypeOf, it } from 'vitest';
import type { Architecture, ArchitectureSpec } from './architecture.js';
import { defineArchitecture } from './architecture.js';
import type { Pte, PteCodec, SwapEntry } from './contract.js';
import type { ArchErrorCode } from './errors.js';
import type { ArchFacts } from './facts.js';
import type { LayoutSpec } from './layout.js';
import type { MmuSpec, UserAccess } from './user-access.js';

/** Names of what must be said. */
type Required<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? never : K }[keyof T];

it('an entry is two halves', () => {
  expectTypeOf<Pte>().toEqualTypeOf<{ lo: number; hi: number }>();
  expectTypeOf<SwapEntry>().toEqualTypeOf<{ type: number; offset: number }>();
});

it('the codec has these helpers and no others', () => {
  expectTypeOf<keyof PteCodec>().toEqualTypeOf<
    | 'none'
    | 'present'
    | 'write'
    | 'dirty'
    | 'young'
    | 'special'
    | 'protnone'
    | 'devmap'
    | 'pfn'
    | 'pfn_pte'
    | 'pgprot'
    | 'pgprot_noncached'
    | 'pgprot_writecombine'
    | 'pgprot_writecombine_nopat'
    | 'pgprot_device'
    | 'pgprot_dmacoherent'
    | 'pgprot_modify'
    | 'cachemode'
    | 'set_cachemode'
    | 'empty'
    | 'protection_map'
    | 'mkwrite_novma'
    | 'mkwrite'
    | 'wrprotect'
    | 'mkdirty'
    | 'mkclean'
    | 'mkyoung'
    | 'mkold'
    | 'mkspecial'
    | 'mkdevmap'
    | 'modify'
    | 'set_pte'
    | 'swp_entry_to_pte'
    | 'pte_to_swp_entry'
    | 'swp_mkexclusive'
    | 'swp_exclusive'
    | 'swp_clear_exclusive'
    | 'user'
    | 'read'
    | 'exec'
  >();
  expectTypeOf<PteCodec['special']>().toEqualTypeOf<(p: Pte) => boolean>();
  expectTypeOf<PteCodec['pfn']>().toEqualTypeOf<(p: Pte) => number>();
  expectTypeOf<PteCodec['pfn_pte']>().toEqualTypeOf<(p: Pte, pfn: number, prot: Pte) => void>();
  expectTypeOf<PteCodec['modify']>().toEqualTypeOf<(p: Pte, prot: Pte) => void>();
  expectTypeOf<UserAccess>().toEqualTypeOf<(p: Pte, op: 'read' | 'write' | 'exec') => boolean>();
});

it('a plugin must say this much', () => {
  expectTypeOf<Required<ArchitectureSpec>>().toEqualTypeOf<
    'name' | 'family' | 'title' | 'kconfig' | 'source' | 'bits' | 'levels' | 'TASK_SIZE' | 'layout' | 'mmu'
  >();
  expectTypeOf<Required<MmuSpec>>().toEqualTypeOf<'young' | 'dirty'>();
  expectTypeOf<Required<LayoutSpec>>().toEqualTypeOf<
    'pteBits' | 'swap' | 'pageShift' | 'pfn' | 'tests' | 'ops' | 'protectionMap' | 'access'
  >();
});

it('a plugin is made by defineArchitecture, and gets an architecture that nobody can change', () => {
  expectTypeOf(defineArchitecture).toEqualTypeOf<(spec: ArchitectureSpec) => Architecture>();
  expectTypeOf<Architecture['facts']>().toEqualTypeOf<ArchFacts>();
  expectTypeOf<ArchitectureSpec['facts']>().toEqualTypeOf<Partial<ArchFacts> | undefined>();
  const change = (arch: Architecture): void => {
    // @ts-expect-error an architecture is immutable
    arch.name = 'other';
    // @ts-expect-error and so is what it knows
    arch.facts.PER_VMA_LOCK = true;
  };
  expectTypeOf(change).toBeFunction();
});

it('special is a property of each level, and never one boolean', () => {
  expectTypeOf<Architecture['special']>().toEqualTypeOf<{
    readonly pte: boolean;
    readonly pmd: boolean;
    readonly pud: boolean;
  }>();
});

it('wrong plugins do not compile', () => {
  const spec = {} as ArchitectureSpec;
  const wrong = (): void => {
    // @ts-expect-error no such number of bits
    defineArchitecture({ ...spec, bits: 16 });
    // @ts-expect-error addresses are bigint: they do not fit a number everywhere
    defineArchitecture({ ...spec, TASK_SIZE: 0xc0000000 });
    // @ts-expect-error nobody else can record that a page was touched
    defineArchitecture({ ...spec, mmu: { young: 'somebody', dirty: 'hardware' } });
    // @ts-expect-error an unknown fact
    defineArchitecture({ ...spec, facts: { HAS_MAGIC: true } });
  };
  expectTypeOf(wrong).toBeFunction();
});

it('codes of refused layouts are known', () => {
  expectTypeOf<'layout.overlap' | 'layout.pfn' | 'arch.member'>().toExtend<ArchErrorCode>();
});
