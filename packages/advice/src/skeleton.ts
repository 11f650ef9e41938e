// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The driver's mmap and its handlers for one way, with the API that a kernel has: `pfn_t` until it went, wrappers for
 * vm_flags since they came, `->mmap_prepare` where it has what the way needs. Read in include/linux/mm.h, mm_types.h and
 * huge_mm.h of 6.1, 6.12, 6.18, 6.19, 7.1 and 7.3.
 */
import { API_CHANGES, type Profile, releaseHas } from '@specialbit/core';
import { compareVersions } from '@specialbit/events';
import type { Advice, Judged } from './advise.js';
import { type Call, decrypts, type Way } from './ways.js';

/** What a kernel's headers have. */
interface Api {
  readonly pfn_t: boolean;
  /** vm_flags_set() and vm_flags_mod(). */
  readonly wrappers: boolean;
  /** vma_desc_set_flags(): flags of a mapping that `->mmap_prepare` describes, as numbers of bits. */
  readonly desc_flags: boolean;
  /** `->huge_fault` gets an order, and no enum page_entry_size. */
  readonly order: boolean;
  /** generic_file_mmap_prepare(). */
  readonly prepare: boolean;
  /** vma_is_cow_mapping(), in place of is_cow_mapping() of the flags as a number. */
  readonly vma_cow: boolean;
}

/** The first release whose include/linux/mm.h has vma_desc_set_flags(), and its struct vm_area_desc vma_flags alone. */
const DESC_FLAGS = '7.1';
/** "mm: remove enum page_entry_size": 6.1 hands the enum to `->huge_fault`, 6.12 an order. */
const HUGE_FAULT_ORDER = '6.6';
/** The first release whose include/linux/mm.h has vma_is_cow_mapping() and no is_cow_mapping(). */
const VMA_IS_COW_MAPPING = '7.3';
/** "mm/filemap: introduce generic_file_*_mmap_prepare() helpers". */
const FILE_MMAP_PREPARE = '6.17';

function apiOf({ version }: Profile): Api {
  const changed = (name: string): boolean => {
    const change = API_CHANGES.find((one) => one.name === name);
    return change !== undefined && releaseHas(version, change);
  };
  return {
    pfn_t: !changed('no_pfn_t'),
    wrappers: changed('vm_flags_wrappers'),
    desc_flags: compareVersions(version, DESC_FLAGS) >= 0,
    order: compareVersions(version, HUGE_FAULT_ORDER) >= 0,
    prepare: compareVersions(version, FILE_MMAP_PREPARE) >= 0,
    vma_cow: compareVersions(version, VMA_IS_COW_MAPPING) >= 0,
  };
}

export interface SkeletonOptions {
  /** Frames do not lie side by side. */
  readonly scattered?: boolean;
  /** Registers, or memory of a device: it is not cached. */
  readonly device?: boolean;
  /** The driver takes the memory back. */
  readonly revoke?: boolean;
  readonly refusePrivate?: boolean;
  /** The memory is a dma-buf: the exporter's `dma_buf_ops` map it, and there is no file of its own. */
  readonly dmaBuf?: boolean;
}

/** The code of the best way for one kernel, with what the question asks of it beside the calls. */
export function recommendedCode({ ways: [best], question, refusePrivate }: Advice, profile: Profile): string[] {
  if (best === undefined) return [];
  return skeleton(best, profile, {
    scattered: question.scattered,
    device: question.memory.name === 'device',
    revoke: question.needs.some(({ name }) => name === 'revoke'),
    refusePrivate,
    dmaBuf: question.memory.name === 'dma-buf',
  });
}

/** The C code for one kernel, in the kernel's style; what begins with `foo_` is the driver's. */
export function skeleton(
  judged: Pick<Judged, 'way' | 'extras'>,
  profile: Profile,
  options: SkeletonOptions = {},
): string[] {
  const api = apiOf(profile);
  const { way, extras } = judged;
  const handlers = handlersOf(way, extras.handlers, api);
  // struct dma_buf_ops has ->mmap alone
  const dmaBuf = options.dmaBuf === true && way.hook !== 'mmap_prepare';
  const prepared =
    !dmaBuf && (way.hook === 'mmap_prepare' || (api.desc_flags && way.hook !== 'mmap' && way.hook !== 'later'));
  const flags = [...way.flags.split('|').filter((flag) => flag !== ''), ...extras.flags];
  const ops =
    handlers.names.length === 0
      ? []
      : [
          'static const struct vm_operations_struct foo_vm_ops = {',
          ...handlers.names.flatMap(([member, name]) => {
            const line = `\t.${member} = ${name},`;
            // mm/memory.c has it only there
            return member === 'access' ? ['#ifdef CONFIG_HAVE_IOREMAP_PROT', line, '#endif'] : [line];
          }),
          '};',
          '',
        ];
  const hook = prepared
    ? preparedHook(judged, flags, ops.length > 0, api, options)
    : mmapHook(judged, flags, ops.length > 0, api, { ...options, dmaBuf });
  const later = way.hook === 'later' ? ['', ...laterCall(way)] : [];
  const revoke = options.revoke === true && way.hook === 'fault';
  const table = way.call === 'generic_file_mmap' ? [] : ['', ...operations(prepared, dmaBuf)];
  return [
    ...(revoke ? revocable(handlers.code) : handlers.code),
    ...ops,
    ...hook,
    ...later,
    ...(revoke ? REVOKE : []),
    ...table,
  ];
}

/** The table that names the hook. */
function operations(prepared: boolean, dmaBuf: boolean): string[] {
  const kind = dmaBuf ? 'dma_buf_ops' : 'file_operations';
  const hook = prepared ? 'mmap_prepare' : 'mmap';
  return [
    ...(dmaBuf ? ['/* of the exporter; who imports the buffer calls dma_buf_mmap() */'] : []),
    `static const struct ${kind} foo_${dmaBuf ? 'dma_buf_ops' : 'fops'} = {`,
    `\t.${hook} = foo_${hook},`,
    '};',
  ];
}

function mmapHook(
  { way, extras }: Pick<Judged, 'way' | 'extras'>,
  flags: readonly string[],
  ops: boolean,
  api: Api,
  { scattered = false, device, refusePrivate, dmaBuf }: SkeletonOptions,
): string[] {
  if (way.call === 'generic_file_mmap') return fileMmap(flags, ops, api);
  const data = dmaBuf === true ? 'dmabuf->priv' : 'file->private_data';
  const set = flags.join(' | ');
  const called = way.hook === 'mmap' ? inMmap(way.call, api, scattered) : [];
  // declarations stand first
  const declared = called.slice(0, called.indexOf('') < 0 ? 0 : called.indexOf(''));
  const body: string[] = [];
  if (way.hook === 'mmap') body.push(`\tstruct foo *foo = ${data};`, ...declared, '');
  if (refusePrivate === true)
    body.push(
      api.vma_cow ? '\tif (vma_is_cow_mapping(vma))' : '\tif (is_cow_mapping(vma->vm_flags))',
      '\t\treturn -EINVAL;',
    );
  if (set !== '') body.push(api.wrappers ? `\tvm_flags_set(vma, ${set});` : `\tvma->vm_flags |= ${set};`);
  if (ops) body.push('\tvma->vm_ops = &foo_vm_ops;');
  if (ops && way.hook === 'mmap') body.push('\tvma->vm_private_data = foo;');
  // what is mapped now cannot be written to; vm_page_prot is made anew when the mapping is linked
  if (extras.readonly === true) body.push('\tvma->vm_page_prot = vm_get_page_prot(vma->vm_flags & ~VM_WRITE);');
  if (device === true) body.push(...deviceProt('vma->vm_page_prot', way));
  if (way.hook === 'mmap') body.push(...called.slice(declared.length === 0 ? 0 : declared.length + 1));
  else body.push(`\tvma->vm_private_data = ${data};`, '\treturn 0;');
  const first = dmaBuf === true ? 'struct dma_buf *dmabuf' : 'struct file *file';
  return [`static int foo_mmap(${first}, struct vm_area_struct *vma)`, '{', ...body, '}'];
}

/** The page cache is the kernel's to map; what the driver adds to that stands behind it. */
function fileMmap(flags: readonly string[], ops: boolean, api: Api): string[] {
  if (flags.length === 0 && !ops) {
    const hook = api.prepare ? 'mmap_prepare' : 'mmap';
    return ['static const struct file_operations foo_fops = {', `\t.${hook} = generic_file_${hook},`, '};'];
  }
  const set = flags.join(' | ');
  return [
    'static int foo_mmap(struct file *file, struct vm_area_struct *vma)',
    '{',
    '\tint ret = generic_file_mmap(file, vma);',
    '',
    '\tif (ret)',
    '\t\treturn ret;',
    ...(set === '' ? [] : [api.wrappers ? `\tvm_flags_set(vma, ${set});` : `\tvma->vm_flags |= ${set};`]),
    ...(ops ? ['\tvma->vm_ops = &foo_vm_ops;', '\tvma->vm_private_data = file->private_data;'] : []),
    '\treturn 0;',
    '}',
    '',
    ...operations(false, false),
  ];
}

const SIZE = 'vma->vm_end - vma->vm_start';

/** What `->mmap` calls, and returns. */
function inMmap(call: Call, api: Api, scattered: boolean): string[] {
  switch (call) {
    case 'remap_pfn_range':
    case 'io_remap_pfn_range':
      if (scattered)
        return eachPage(
          `\t\tret = ${call}(vma, addr, foo_pfn(foo, i), PAGE_SIZE, vma->vm_page_prot);`,
          '\tint ret = 0;',
          'ret',
        );
      return [
        `\tif (vma->vm_pgoff != 0 || ${SIZE} > foo->size)`,
        '\t\treturn -EINVAL;',
        `\treturn ${call}(vma, vma->vm_start, foo->pfn,`,
        `\t\t\t${SIZE}, vma->vm_page_prot);`,
      ];
    case 'vm_iomap_memory':
      return ['\treturn vm_iomap_memory(vma, foo->phys, foo->size);'];
    case 'vm_map_pages':
      return ['\treturn vm_map_pages(vma, foo->pages, foo->nr_pages);'];
    case 'remap_vmalloc_range':
      return ['\treturn remap_vmalloc_range(vma, foo->vaddr, vma->vm_pgoff);'];
    case 'dma_mmap_coherent':
      return ['\treturn dma_mmap_coherent(foo->dev, vma, foo->vaddr, foo->dma, foo->size);'];
    case 'vm_insert_pages':
      return [
        '\tunsigned long nr = vma_pages(vma);',
        '',
        '\tif (vma->vm_pgoff != 0 || nr > foo->nr_pages)',
        '\t\treturn -EINVAL;',
        '\treturn vm_insert_pages(vma, vma->vm_start, foo->pages, &nr);',
      ];
    case 'vm_insert_page':
      return eachPage('\t\tret = vm_insert_page(vma, addr, foo->pages[i]);', '\tint ret = 0;', 'ret');
    default: {
      const pfn = call === 'vmf_insert_mixed' && api.pfn_t ? 'pfn_to_pfn_t(foo_pfn(foo, i))' : 'foo_pfn(foo, i)';
      return eachPage(
        `\t\tret = ${call}(vma, addr, ${pfn});`,
        '\tvm_fault_t ret = 0;',
        '(ret & VM_FAULT_ERROR) ? -EFAULT : 0',
        '!(ret & VM_FAULT_ERROR) && ',
      );
    }
  }
}

function eachPage(call: string, declared: string, result: string, going = '!ret && '): string[] {
  return [
    declared,
    '\tunsigned long i, addr = vma->vm_start;',
    '',
    '\tif (vma->vm_pgoff != 0 || vma_pages(vma) > foo->nr_pages)',
    '\t\treturn -EINVAL;',
    `\tfor (i = 0; ${going}addr < vma->vm_end; i++, addr += PAGE_SIZE)`,
    call,
    `\treturn ${result};`,
  ];
}

function preparedHook(
  { way, extras }: Pick<Judged, 'way' | 'extras'>,
  flags: readonly string[],
  ops: boolean,
  api: Api,
  { device, refusePrivate }: SkeletonOptions,
): string[] {
  const body: string[] = ['\tstruct foo *foo = desc->file->private_data;', ''];
  if (refusePrivate === true) {
    const cow = api.desc_flags ? 'vma_desc_is_cow_mapping(desc)' : 'is_cow_mapping(desc->vm_flags)';
    body.push(`\tif (${cow})`, '\t\treturn -EINVAL;');
  }
  if (flags.length > 0) {
    body.push(
      api.desc_flags
        ? `\tvma_desc_set_flags(desc, ${flags.map((flag) => `${flag.replace(/^VM_/, 'VMA_')}_BIT`).join(', ')});`
        : `\tdesc->vm_flags |= ${flags.join(' | ')};`,
    );
  }
  if (ops) body.push('\tdesc->vm_ops = &foo_vm_ops;');
  if (extras.readonly === true)
    body.push(
      api.desc_flags
        ? '\tdesc->page_prot = vm_get_page_prot(vma_flags_to_legacy(desc->vma_flags) & ~VM_WRITE);'
        : '\tdesc->page_prot = vm_get_page_prot(desc->vm_flags & ~VM_WRITE);',
    );
  if (device === true) body.push(...deviceProt('desc->page_prot', way));
  if (way.hook === 'mmap_prepare' && ops) body.push('\tdesc->private_data = foo;');
  if (way.hook === 'mmap_prepare') body.push(...action(way.call));
  else body.push('\tdesc->private_data = foo;');
  body.push('\treturn 0;');
  return ['static int foo_mmap_prepare(struct vm_area_desc *desc)', '{', ...body, '}'];
}

function action(call: Call): string[] {
  if (call === 'vm_insert_pages') {
    return [
      '\tif (desc->pgoff != 0 || vma_desc_pages(desc) > foo->nr_pages)',
      '\t\treturn -EINVAL;',
      '\tmmap_action_map_kernel_pages_full(desc, foo->pages);',
    ];
  }
  const name = call === 'io_remap_pfn_range' ? 'mmap_action_ioremap_full' : 'mmap_action_remap_full';
  return [
    '\tif (desc->pgoff != 0 || vma_desc_size(desc) > foo->size)',
    '\t\treturn -EINVAL;',
    `\t${name}(desc, foo->pfn);`,
  ];
}

/** What the call that is made later takes of its caller: parameters, and arguments. */
const LATER: Partial<Record<Call, readonly [takes: string, call: string]>> = {
  vm_insert_page: ['struct page *page', 'vm_insert_page(vma, addr, page)'],
  vm_insert_pages: ['struct page **pages, unsigned long nr', 'vm_insert_pages(vma, addr, pages, &nr)'],
};

/** The call that a driver makes later, under the mmap lock. */
function laterCall({ call, flags }: Way): string[] {
  // vm_insert_page() sets VM_MIXEDMAP where it is not set
  const lock = flags.includes('VM_MIXEDMAP') ? 'read' : 'write';
  const [takes, made] = LATER[call] ?? ['unsigned long pfn', `${call}(vma, addr, pfn, PAGE_SIZE, vma->vm_page_prot)`];
  return [
    `static int foo_map(struct mm_struct *mm, unsigned long addr, ${takes})`,
    '{',
    '\tstruct vm_area_struct *vma;',
    '\tint ret = -EINVAL;',
    '',
    `\tmmap_${lock}_lock(mm);`,
    '\tvma = vma_lookup(mm, addr);',
    '\tif (vma && vma->vm_ops == &foo_vm_ops)',
    `\t\tret = ${made};`,
    `\tmmap_${lock}_unlock(mm);`,
    '\treturn ret;',
    '}',
  ];
}

interface Handlers {
  readonly names: readonly (readonly [string, string])[];
  readonly code: readonly string[];
}

function handlersOf(way: Way, extras: readonly string[], api: Api): Handlers {
  const names: (readonly [string, string])[] = [];
  const code: string[] = [];
  if (way.hook === 'fault' || way.hook === 'huge_fault') {
    names.push(['fault', 'foo_fault']);
    code.push(...faultHandler(way.hook === 'huge_fault' ? 'vmf_insert_pfn' : way.call, api));
  }
  if (way.call === 'generic_file_mmap' && extras.length > 0)
    names.push(['fault', 'filemap_fault'], ['map_pages', 'filemap_map_pages']);
  if (way.hook === 'huge_fault') {
    names.push(['huge_fault', 'foo_huge_fault']);
    code.push(...hugeHandler(api));
  }
  for (const handler of extras) {
    if (handler === 'access') {
      names.push(['access', 'generic_access_phys']);
      continue;
    }
    names.push([handler, `foo_${handler}`]);
    const locked = handler === 'page_mkwrite';
    // of a file that is cut short meanwhile the page is none any more
    const file = locked && way.call === 'generic_file_mmap';
    code.push(
      `static vm_fault_t foo_${handler}(struct vm_fault *vmf)`,
      '{',
      ...(file ? ['\tstruct folio *folio = page_folio(vmf->page);', ''] : []),
      '\tfoo_written(vmf->vma->vm_private_data, vmf->pgoff);',
      ...(file ? STILL_ITS_PAGE : locked ? ['\tlock_page(vmf->page);'] : []),
      locked ? '\treturn VM_FAULT_LOCKED;' : '\treturn 0;',
      '}',
      '',
    );
  }
  if (way.hook === 'later' && names.length === 0) {
    names.push(['close', 'foo_close']);
    code.push(
      'static void foo_close(struct vm_area_struct *vma)',
      '{',
      '\tfoo_closed(vma->vm_private_data, vma);',
      '}',
      '',
    );
  }
  return { names, code };
}

/** A fault that is under way when the memory is revoked is waited for, and none maps it afterwards. */
function revocable(code: readonly string[]): string[] {
  return [
    ...code.map((line) => line.replace('vm_fault_t foo_fault(', 'vm_fault_t foo_map_page(')),
    'static vm_fault_t foo_fault(struct vm_fault *vmf)',
    '{',
    '\tstruct foo *foo = vmf->vma->vm_private_data;',
    '\tvm_fault_t ret = VM_FAULT_SIGBUS;',
    '',
    '\tmutex_lock(&foo->lock);',
    '\tif (!foo->revoked)',
    '\t\tret = foo_map_page(vmf);',
    '\tmutex_unlock(&foo->lock);',
    '\treturn ret;',
    '}',
    '',
  ];
}

const REVOKE = [
  '',
  'static void foo_revoke(struct foo *foo)',
  '{',
  '\tmutex_lock(&foo->lock);',
  '\tfoo->revoked = true;',
  '\tmutex_unlock(&foo->lock);',
  '\tunmap_mapping_range(foo->mapping, 0, 0, 1);',
  '}',
];

function faultHandler(call: Call, api: Api): string[] {
  const pages = call === 'page' || call === 'vm_insert_page';
  return [
    'static vm_fault_t foo_fault(struct vm_fault *vmf)',
    '{',
    '\tstruct foo *foo = vmf->vma->vm_private_data;',
    '',
    '\tif (vmf->pgoff >= foo->nr_pages)',
    '\t\treturn VM_FAULT_SIGBUS;',
    ...(call === 'page'
      ? ['\tvmf->page = foo->pages[vmf->pgoff];', '\tget_page(vmf->page);', '\treturn 0;']
      : pages
        ? ['\treturn vmf_insert_page(vmf->vma, vmf->address, foo->pages[vmf->pgoff]);']
        : call === 'remap_pfn_range'
          ? ['\t/* remap_pfn_range() sets flags, and has no place here */', '\treturn VM_FAULT_SIGBUS;']
          : [
              `\treturn ${call}(vmf->vma, vmf->address,`,
              `\t\t\t${call === 'vmf_insert_mixed' && api.pfn_t ? 'pfn_to_pfn_t(foo_pfn(foo, vmf->pgoff))' : 'foo_pfn(foo, vmf->pgoff)'});`,
            ]),
    '}',
    '',
  ];
}

/** As vfio_pci_core_mmap() (drivers/vfio/pci/vfio_pci_core.c) has it: uncached, and not encrypted as RAM may be. */
const deviceProt = (prot: string, way: Way): string[] => [
  `\t${prot} = pgprot_noncached(${prot});`,
  ...(decrypts(way) ? [] : [`\t${prot} = pgprot_decrypted(${prot});`]),
];

/** As filemap_page_mkwrite() (mm/filemap.c) asks. */
const STILL_ITS_PAGE = [
  '\tfolio_lock(folio);',
  '\tif (folio->mapping != vmf->vma->vm_file->f_mapping) {',
  '\t\tfolio_unlock(folio);',
  '\t\treturn VM_FAULT_NOPAGE;',
  '\t}',
];

function hugeHandler(api: Api): string[] {
  const size = api.order ? 'unsigned int order' : 'enum page_entry_size pe_size';
  const isPmd = api.order ? 'order != PMD_ORDER' : 'pe_size != PE_SIZE_PMD';
  const pfn = api.pfn_t ? 'pfn_to_pfn_t(pfn)' : 'pfn';
  return [
    `static vm_fault_t foo_huge_fault(struct vm_fault *vmf, ${size})`,
    '{',
    '\tstruct vm_area_struct *vma = vmf->vma;',
    '\tstruct foo *foo = vma->vm_private_data;',
    '\tunsigned long addr = vmf->address & PMD_MASK;',
    '\tunsigned long pgoff, pfn;',
    '',
    `\tif (${isPmd} || addr < vma->vm_start || addr + PMD_SIZE > vma->vm_end)`,
    '\t\treturn VM_FAULT_FALLBACK;',
    '\tpgoff = linear_page_index(vma, addr);',
    '\tif (pgoff + (PMD_SIZE >> PAGE_SHIFT) > foo->nr_pages)',
    '\t\treturn VM_FAULT_FALLBACK;',
    '\tpfn = foo_pfn(foo, pgoff);',
    '\tif (!IS_ALIGNED(pfn, PMD_SIZE >> PAGE_SHIFT))',
    '\t\treturn VM_FAULT_FALLBACK;',
    `\treturn vmf_insert_pfn_pmd(vmf, ${pfn}, false);`,
    '}',
    '',
  ];
}
