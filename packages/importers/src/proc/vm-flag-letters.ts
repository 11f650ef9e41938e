// SPDX-License-Identifier: GPL-2.0-or-later
/** The two letters of each bit of vm_flags in the VmFlags line of smaps (fs/proc/task_mmu.c: show_smap_vma_flags). */
import { VM_FLAGS } from '@specialbit/events';

/** VM_MAYBE_GUARD of kernels after 6.12 (include/linux/mm.h). */
export const { VM_MAYBE_GUARD } = VM_FLAGS;

/** In the order of the bits, which is the order of the line; `ss` where x86 has its shadow stacks. */
export const LETTERS: readonly (readonly [letters: string, flag: number])[] = [
  ['rd', VM_FLAGS.VM_READ],
  ['wr', VM_FLAGS.VM_WRITE],
  ['ex', VM_FLAGS.VM_EXEC],
  ['sh', VM_FLAGS.VM_SHARED],
  ['mr', VM_FLAGS.VM_MAYREAD],
  ['mw', VM_FLAGS.VM_MAYWRITE],
  ['me', VM_FLAGS.VM_MAYEXEC],
  ['ms', VM_FLAGS.VM_MAYSHARE],
  ['gd', VM_FLAGS.VM_GROWSDOWN],
  ['um', VM_FLAGS.VM_UFFD_MISSING],
  ['pf', VM_FLAGS.VM_PFNMAP],
  ['gu', VM_MAYBE_GUARD],
  ['uw', VM_FLAGS.VM_UFFD_WP],
  ['lo', VM_FLAGS.VM_LOCKED],
  ['io', VM_FLAGS.VM_IO],
  ['sr', VM_FLAGS.VM_SEQ_READ],
  ['rr', VM_FLAGS.VM_RAND_READ],
  ['dc', VM_FLAGS.VM_DONTCOPY],
  ['de', VM_FLAGS.VM_DONTEXPAND],
  ['lf', VM_FLAGS.VM_LOCKONFAULT],
  ['ac', VM_FLAGS.VM_ACCOUNT],
  ['nr', VM_FLAGS.VM_NORESERVE],
  ['ht', VM_FLAGS.VM_HUGETLB],
  ['sf', VM_FLAGS.VM_SYNC],
  ['ar', VM_FLAGS.VM_ARCH_1],
  ['wf', VM_FLAGS.VM_WIPEONFORK],
  ['dd', VM_FLAGS.VM_DONTDUMP],
  ['sd', VM_FLAGS.VM_SOFTDIRTY],
  ['mm', VM_FLAGS.VM_MIXEDMAP],
  ['hg', VM_FLAGS.VM_HUGEPAGE],
  ['nh', VM_FLAGS.VM_NOHUGEPAGE],
  ['mg', VM_FLAGS.VM_MERGEABLE],
  ['ss', VM_FLAGS.VM_HIGH_ARCH_5],
  ['dp', VM_FLAGS.VM_DROPPABLE],
  ['ui', VM_FLAGS.VM_UFFD_MINOR],
  ['sl', VM_FLAGS.VM_SEALED],
  ['ur', VM_FLAGS.VM_UFFD_RWP],
];
/** Letters of bits that have others elsewhere: of one architecture, or of kernels before 4.0 and 5.15. */
const ELSEWHERE: readonly (readonly [letters: string, flag: number])[] = [
  ['bt', VM_FLAGS.VM_ARCH_1],
  ['nl', VM_FLAGS.VM_SYNC],
  ['dw', VM_MAYBE_GUARD],
  ['mt', VM_FLAGS.VM_HIGH_ARCH_4],
];
const BY_LETTERS = new Map([...LETTERS, ...ELSEWHERE]);

/** `rd wr mr mw me ac` for the bits of vm_flags; kernels show a bit only where it is configured. */
export function formatVmFlagLetters(flags: number): string[] {
  const out: string[] = [];
  for (const [letters, flag] of LETTERS) if (Math.floor(flags / flag) % 2 === 1) out.push(letters);
  return out;
}

/** The bits of a VmFlags line; letters that stand for none of them come back by themselves. */
export function parseVmFlagLetters(text: string): { flags: number; others: string[] } {
  const bits = new Set<number>();
  const others: string[] = [];
  for (const letters of text.trim().split(/\s+/)) {
    const flag = BY_LETTERS.get(letters);
    if (flag !== undefined) bits.add(flag);
    else if (letters !== '' && letters !== '??') others.push(letters);
  }
  return { flags: [...bits].reduce((sum, flag) => sum + flag, 0), others };
}
