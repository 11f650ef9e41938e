// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What VM_PFNMAP and VM_MIXEDMAP really imply: the page of the atlas that was written by hand. Every sentence has a log that
 * is run, cells of the atlas that say it, or the kernel function in which it was read; a test looks at each.
 */

export type Backing =
  /** A log of the project, whose expectations hold on every lane. */
  | { readonly log: string }
  /** A cell: a kind of mapping, an operation, and what stands there with the bit and without. */
  | { readonly cell: readonly [kind: string, operation: string]; readonly says: readonly [RegExp, RegExp] }
  /** A function, or a macro, and its file in 7.3. */
  | { readonly source: string; readonly file: string };

export interface Sentence {
  /** Names of code stand between backquotes. */
  readonly text: string;
  readonly backing: Backing;
}

export interface Passage {
  readonly title: string;
  readonly sentences: readonly Sentence[];
}

const claim = (name: string): Backing => ({ log: `examples/claims/${name}.jsonl` });
const example = (name: string): Backing => ({ log: `examples/${name}.jsonl` });
const cell = (kind: string, operation: string, withBit: RegExp, without = withBit): Backing => ({
  cell: [kind, operation],
  says: [withBit, without],
});

export const PROSE: readonly Passage[] = [
  {
    title: 'Two kinds of memory, and one question',
    sentences: [
      {
        text: 'A present PTE does not say whether there is a page behind it that the kernel counts, or a bare frame; `vm_normal_page()` decides, and answers with the page or with NULL.',
        backing: { source: 'vm_normal_page', file: 'mm/memory.c' },
      },
      {
        text: 'NULL means that the frame is left alone, whether it has a `struct page` or not: no reference, no map count, no RSS.',
        backing: claim('b-pfnmap-is-bare'),
      },
      {
        text: 'Where an architecture has the special bit, the bit of the PTE decides: it does not mean that there is no `struct page`, but that it is not to be touched.',
        backing: claim('e-the-bit-means'),
      },
      {
        text: 'Where it has none, the flags of the VMA feed a guess.',
        backing: claim('d-flags-feed-a-guess'),
      },
    ],
  },
  {
    title: 'VM_MIXEDMAP',
    sentences: [
      {
        text: 'Pages and bare frames may stand side by side, and without the bit every frame that has a `struct page` is taken for a counted page.',
        backing: claim('c-mixedmap-uses-pages'),
      },
      {
        text: 'So `vmf_insert_mixed()` of a frame with a `struct page` maps a bare frame on an architecture with the bit, and a counted page on one without.',
        backing: cell('vmf_insert_mixed-P-shared', 'read', /no page/, /mapped, page, MM_FILEPAGES/),
      },
      {
        text: '`remap_pfn_range()` of memory with a `struct page` in a VM_MIXEDMAP, which has both flags then, counts nothing; without the bit its frames are taken for pages all the same, and unmapping drops a reference that nobody took.',
        backing: cell('remap_pfn_range-mixedmap-P-shared', 'munmap', /^gone$/, /Bad page map.*count 1 to 0/),
      },
      {
        text: '`vm_insert_page()` maps counted pages everywhere (since 6.11 the zero page not: special, and nobody counts it), and sets the flag itself.',
        backing: claim('a-helpers-set-flags'),
      },
      {
        text: 'To set a flag it wants the mmap lock for writing, and this is why binder sets it once in `->mmap`: a reason of locking, not of pages.',
        backing: claim('h-binder'),
      },
      {
        text: 'Populating in `->mmap` does not force the flag; mapping as pages does.',
        backing: claim('g-prepopulating'),
      },
    ],
  },
  {
    title: 'VM_PFNMAP',
    sentences: [
      {
        text: 'Every entry of a shared mapping is a bare frame, and nothing of it is counted when it goes.',
        backing: cell('remap_pfn_range-P-shared', 'munmap', /^gone$/),
      },
      {
        text: 'A private mapping has pages as well, those that were copied on write; without the bit they are told by the linear rule, that the pfn of what the driver mapped is `vm_pgoff` and the distance from the start.',
        backing: example('s13-cow-linear-rule'),
      },
      {
        text: '`vmf_insert_pfn()` BUGs in a private mapping that can be written to.',
        backing: cell('vmf_insert_pfn-P-private', 'read', /BUG in vmf_insert_pfn_prot/),
      },
      {
        text: 'Most drivers want this flag, by the calls that they make.',
        backing: claim('f-most-want-pfnmap'),
      },
    ],
  },
  {
    title: 'Entries that map more',
    sentences: [
      {
        text: 'The bit is one of each level: an architecture can have it in its PTEs, and none in its PMDs.',
        backing: { source: 'vm_normal_page_pmd', file: 'mm/memory.c' },
      },
      {
        text: 'A PMD that `vmf_insert_pfn_pmd()` made of memory that is counted is no page where PMDs have the bit; without it, in a VM_MIXEDMAP, it is taken for one.',
        backing: cell(
          'vmf_insert_pfn_pmd-mixedmap-C-shared',
          'read',
          /6\.12 to 7\.3: mapped by a PMD, no page/,
          /6\.12 to 7\.3: mapped by a PMD, page/,
        ),
      },
      {
        text: 'In a VM_PFNMAP it is no page, except on 6.18, which trusts the answer of a bit that is not there.',
        backing: cell(
          'vmf_insert_pfn_pmd-C-shared',
          'read',
          /6\.12 to 7\.3: mapped by a PMD, no page/,
          /7\.3: mapped by a PMD, no page; 6\.18: mapped by a PMD, page/,
        ),
      },
    ],
  },
  {
    title: 'Who asks the flags, and who the bit',
    sentences: [
      {
        text: '`get_user_pages()` looks at the VMA first, and refuses VM_PFNMAP with -EFAULT whatever is mapped.',
        backing: cell('vmf_insert_pfn-P-shared', 'pin_user_pages', /^-EFAULT/),
      },
      {
        text: 'In a VM_MIXEDMAP it looks at the entry, and there it depends on the bit whether it finds a page.',
        backing: cell('vmf_insert_mixed-P-shared', 'pin_user_pages', /^-EEXIST/, /^1,/),
      },
      {
        text: '`get_user_pages_fast()` never sees a VMA: it needs the bit, and without it finds nothing at all before it falls back.',
        backing: cell('vm_insert_page-P-shared', 'get_user_pages_fast_only', /^1$/, /^0$/),
      },
      {
        text: '`madvise(MADV_DONTNEED)` returns -EINVAL in a VM_PFNMAP.',
        backing: cell('remap_pfn_range-P-shared', 'MADV_DONTNEED', /^-EINVAL/),
      },
      {
        text: '`fork()` copies the entries of a VM_PFNMAP.',
        backing: cell('remap_pfn_range-P-shared', 'fork: the child', /^mapped, no page/),
      },
      {
        text: 'It does the same with those of a VM_MIXEDMAP.',
        backing: cell(
          'vmf_insert_mixed-P-shared',
          'fork: the child',
          /^mapped, no page/,
          /^mapped, page, count 2 to 3/,
        ),
      },
      {
        text: '`zap_vma_ptes()` does nothing in a VMA without VM_PFNMAP, and says nothing of it, before 7.1.',
        backing: example('s11-zap-helper-silent'),
      },
      {
        text: 'A core dump leaves out what `remap_pfn_range()` mapped, since it sets VM_IO and VM_DONTDUMP.',
        backing: cell('remap_pfn_range-P-shared', 'core dump', /left out/),
      },
    ],
  },
  {
    title: 'When the entries are made',
    sentences: [
      {
        text: '`->mmap` runs before the VMA is in the `i_mmap` of its file, so that `unmap_mapping_range()` misses what it mapped, and the entry stays.',
        backing: claim('j-prepopulating-races'),
      },
      {
        text: 'What `->mmap_prepare` asks for is mapped when the VMA is linked, since 6.19.',
        backing: claim('i-mmap-prepare'),
      },
    ],
  },
];
