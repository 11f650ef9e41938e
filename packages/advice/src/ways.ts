// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The ways in which a driver can bring its memory into a process: a call, the hook that makes it, and the flags that the
 * driver sets. Those that cannot work are ways, too: that they cannot is found out by playing them.
 */
import type { Memory } from './memory.js';

/** Who calls: `->mmap`, `->mmap_prepare` (an action), the handlers, or the driver later, from an ioctl. */
export type Hook = 'mmap' | 'mmap_prepare' | 'fault' | 'huge_fault' | 'later';

export type Flags = '' | 'VM_PFNMAP' | 'VM_MIXEDMAP' | 'VM_PFNMAP|VM_MIXEDMAP';

export interface Way {
  /** `vmf_insert_pfn/fault/VM_PFNMAP`. */
  readonly id: string;
  /** The event or handler of a log. */
  readonly call: Call;
  readonly hook: Hook;
  /** What the driver sets in `->mmap` by itself. */
  readonly flags: Flags;
  /** Only kernels with this feature have the call, or the hook. */
  readonly since?: 'mmap_actions' | 'insert_pages_warns';
}

export type Call =
  | 'remap_pfn_range'
  | 'io_remap_pfn_range'
  | 'vm_iomap_memory'
  | 'vm_insert_page'
  | 'vm_insert_pages'
  | 'vm_map_pages'
  | 'vmf_insert_pfn'
  | 'vmf_insert_mixed'
  | 'page'
  | 'vmf_insert_pfn_pmd'
  | 'remap_vmalloc_range'
  | 'dma_mmap_coherent'
  | 'generic_file_mmap';

/** Calls that map a run of frames in one go, and those of them that a driver can make page by page. */
const RANGES: ReadonlySet<Call> = new Set([
  'vm_iomap_memory',
  'vm_map_pages',
  'remap_vmalloc_range',
  'dma_mmap_coherent',
]);

/** Does the call take a run of frames, and nothing else? */
export const takesOneRun = (call: Call): boolean => RANGES.has(call);

const NONE: readonly Flags[] = [''];
const EACH: readonly Flags[] = ['', 'VM_PFNMAP', 'VM_MIXEDMAP', 'VM_PFNMAP|VM_MIXEDMAP'];

/** Calls, the hooks that can make them, and the flags that they are tried with. */
const TRIED: readonly (readonly [Call, readonly Hook[], readonly Flags[]])[] = [
  ['generic_file_mmap', ['mmap'], NONE],
  ['remap_vmalloc_range', ['mmap'], NONE],
  ['dma_mmap_coherent', ['mmap'], NONE],
  ['remap_pfn_range', ['mmap', 'mmap_prepare', 'fault', 'later'], NONE],
  ['io_remap_pfn_range', ['mmap', 'mmap_prepare'], NONE],
  ['vm_iomap_memory', ['mmap'], NONE],
  ['vm_insert_page', ['mmap', 'fault', 'later'], EACH],
  ['vm_insert_pages', ['mmap', 'mmap_prepare', 'later'], EACH],
  ['vm_map_pages', ['mmap'], EACH],
  ['page', ['fault'], EACH],
  ['vmf_insert_pfn', ['fault', 'mmap'], EACH],
  ['vmf_insert_mixed', ['fault', 'mmap'], EACH],
  ['vmf_insert_pfn_pmd', ['huge_fault'], EACH],
];

/** Their pgprot_decrypted() (include/linux/mm.h) is what a device's memory wants where RAM is encrypted, and RAM does not. */
const DECRYPTS: ReadonlySet<Call> = new Set(['io_remap_pfn_range', 'vm_iomap_memory']);

/** The call itself maps as a device's memory is to be mapped where RAM is encrypted. */
export const decrypts = ({ call }: Way): boolean => DECRYPTS.has(call);

/** Every way there is. */
export const WAYS: readonly Way[] = TRIED.flatMap(([call, hooks, flags]) =>
  hooks.flatMap((hook) =>
    // an action sets its flags itself
    (hook === 'mmap_prepare' ? NONE : flags).map((set): Way => {
      const id = `${call}/${hook}/${set === '' ? 'none' : set.replace('|', '+')}`;
      if (hook !== 'mmap_prepare') return { id, call, hook, flags: set };
      return { id, call, hook, flags: set, since: call === 'vm_insert_pages' ? 'insert_pages_warns' : 'mmap_actions' };
    }),
  ),
);

const OWN: ReadonlySet<Call> = new Set(['remap_vmalloc_range', 'dma_mmap_coherent', 'generic_file_mmap']);

/** Calls that take one physical range. */
const PHYSICAL: ReadonlySet<Call> = new Set(['remap_pfn_range', 'io_remap_pfn_range', 'vm_iomap_memory']);

/** The ways that some memory can be given to at all. */
export function waysFor({ own, known, frames }: Memory, scattered: boolean): Way[] {
  return WAYS.filter(({ call, hook }) => {
    if (known === 'own') return call === own;
    if (known === 'pages' && PHYSICAL.has(call)) return false;
    // struct vm_area_desc holds one action, and each of these takes one run of frames
    if (hook === 'mmap_prepare' && scattered && call !== 'vm_insert_pages') return false;
    if (OWN.has(call)) return call === own;
    if (call === 'vmf_insert_pfn_pmd') return !scattered && frames.every(({ name }) => name === 'D');
    return !(scattered && takesOneRun(call) && frames.every(({ together }) => together !== true));
  });
}

/** What the driver's author calls it: `vmf_insert_pfn()`; of a page that is handed out, what is returned. */
export function callText({ call, hook }: Pick<Way, 'call' | 'hook'>): string {
  if (call === 'page') return 'vmf->page';
  if (hook !== 'mmap_prepare') return `${call}()`;
  return `${ACTIONS[call] ?? call}()`;
}

const ACTIONS: Partial<Record<Call, string>> = {
  remap_pfn_range: 'mmap_action_remap',
  io_remap_pfn_range: 'mmap_action_ioremap',
  vm_insert_pages: 'mmap_action_map_kernel_pages',
};

/** `->mmap`, `->fault`, `later`. */
export function hookText(hook: Hook): string {
  return hook === 'later' ? 'an ioctl' : `->${hook}`;
}
