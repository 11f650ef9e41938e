// SPDX-License-Identifier: GPL-2.0-or-later
/** Reports of public trackers and lists that were found after the readers had been written, in the shape they have there. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../cli/specialbit.testkit.js';
import { specialbit } from './in-process.testkit.js';

/** File, and texts of its explanation; `!` before those that it must not have. */
const REPORTS: readonly (readonly [file: string, ...texts: string[]])[] = [
  ['p01-arm-bad-page-state-4.9', 'page still charged to cgroup', 'refcount -117901064', '!report 1'],
  ['p02-bad-page-state-cut-bracket', 'pfn 0x46c479: nonzero _count', 'refcount -2'],
  ['p03-gntdev-notrack-bug-5.13', 'remap_pfn_range_notrack', 'BUG_ON(!pte_none(*pte))'],
  [
    'p04-usemem-3.14-patched-layout',
    'not present on x86_64 as linux-3.14.0 has it',
    'looks at present entries only',
    '!free_swap',
  ],
  ['p05-oom-reaper-no-release', 'free_swap_and_cache()', 'The stack says so: unmap_page_range', '!do_swap_page'],
  [
    'p06-riscv-modprobe-wrapped',
    '0x20682653 on riscv64-sv39: a page, pfn 0x81a09',
    'pfn 0x81a09, as in the entry',
    'VM_PFNMAP',
    '!are text',
  ],
  [
    'p07-tmux-offline-6.4-wrapped-cjk',
    'pfn 0x462500, as in the entry',
    '-1 with bit 8',
    'is a type, no count',
    'locale-archive',
    'index     0x16',
  ],
  [
    'p08-kernelci-arm64be-quoted-printable',
    '0x4000000000 on arm64-4k-48',
    'addr      0x0000ffff9a9fe000',
    'missing   vm_flags',
  ],
  ['p09-trinity-3.19-symbolised', 'present, protnone', 'The stack says so: unmap_single_vma', 'pfn 0x1ad673, at'],
  ['p10-skype-5.6-wrapped', 'index     0x8c', 'fault: shmem_fault, mmap: shmem_mmap', 'refcount 2'],
  [
    'p11-ppc32-g4-quoted-printable',
    '0x648a5747 on ppc32-book3s',
    'index     0xa7896',
    'The stack says so: unmap_page_range',
  ],
  ['p12-openwrt-mips-rss-file-count', 'MM_FILEPAGES is 16', 'MM_ANONPAGES is -2', 'WARNING at include/linux/fs.h:1082'],
  ['p13-pcimem-conflicting-types', 'memtype_check_conflict'],
  ['p14-vfio-remap-in-fault', 'wants the mmap lock for writing'],
  ['p15-intelfreq-oops-french-journal', 'pgd 0x2f79b9067: the address of a table', 'pmd 0x0: an empty entry'],
  ['p16-bad-page-cache', 'Bad page cache in process fuse mainloop, pfn 0x797a62', 'filemap_unaccount_folio'],
];

describe.each(REPORTS)('%s', (file, ...texts) => {
  it('is explained', async () => {
    const { code, out, err } = await specialbit('decode', join(root, `test/pasted/public/${file}.txt`));
    expect([code, err]).toEqual([0, '']);
    const flat = out.replace(/\s*\n\s+/g, ' ');
    for (const text of texts) {
      const found = out.includes(text.replace(/^!/, '')) || flat.includes(text.replace(/^!/, ''));
      expect([text, found]).toEqual([text, !text.startsWith('!')]);
    }
  });
});
