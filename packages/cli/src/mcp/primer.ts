// SPDX-License-Identifier: GPL-2.0-or-later
/** What somebody who has never seen a log must know to write one; short, since it is read by each who asks. */

export const PRIMER = `A log is JSON Lines: a header, then one event a line, in the order in which they happen. It says what was asked of the
kernel; what comes of it is computed. Unknown fields and types are errors that name the nearest known word.

header  {"specialbit":1,"title":"...","arch":["x86_64","arm"],"profile":"linux-7.3","files":{"dev":"device","f":{"kind":"shmem","pages":8}}}
        All but "specialbit" is optional. "files" names what mappings are of: "device" is a driver's, "shmem" and "file" have a page cache.
frames  P0..P7 pages of a driver (a struct page, a reference), R0..R3 reserved pages, D0..D15 device memory without struct page, H0..H3
        holes of the memory map, Z the zero page; or a pfn "0x260". Pages of processes are called A0.. as they come.
places  "ring[2]" the third page of the mapping labelled ring, "ring" its first, or an address "0x20001000". "pages" counts pages, not bytes.
flags   "VM_PFNMAP|VM_IO", "MAP_PRIVATE|MAP_FIXED"; prot "rw", "r", "none". "mm" is the process, 0 when absent.

system calls  mmap {label,pages,prot,file?,flags?,pgoff?,ops?,call?}  munmap mprotect{prot} madvise{advice} mlock mremap{new_pages,to?}
              fork{child} exit execve
accesses      {"type":"read"|"write"|"exec","at":"ring[1]"}; pin_user_pages get_user_pages_fast unpin_user_pages access_process_vm
driver        in "call" of an mmap (its ->mmap, places are "[0]", "[1]"), or later as events of their own:
              vm_flags_mod{set,clear} remap_pfn_range{frame,pages} vm_insert_page{frame} vm_insert_pages vm_map_pages vmf_insert_pfn{frame}
              vmf_insert_mixed{frame} vm_iomap_memory zap_vma_ptes{pages} unmap_mapping_range{file,pages} set_vm_pgoff
on fault      "ops":{"fault":{"do":"vmf_insert_pfn","frame":"D0"},"pfn_mkwrite":true}; do: page, vmf_insert_pfn, vmf_insert_mixed, sigbus

{"specialbit":1,"title":"A driver maps two device frames, privately","files":{"dev":"device"}}
{"type":"mmap","label":"ring","pages":2,"prot":"rw","file":"dev","flags":"MAP_PRIVATE","call":[{"type":"remap_pfn_range","frame":"D0","pages":2}]}
{"type":"write","at":"ring[1]"}
{"type":"fork","child":1}
{"type":"munmap","at":"ring","pages":2}

{"specialbit":1,"title":"A driver maps on fault","files":{"dev":"device"}}
{"type":"mmap","label":"bo","pages":2,"prot":"rw","file":"dev","ops":{"fault":{"do":"vmf_insert_mixed","frame":"P0"}},"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"read","at":"bo[0]"}
{"type":"unmap_mapping_range","file":"dev","pages":2}

lanes   A lane is an architecture on a kernel: x86_64, arm, arm-lpae, arm64, m68k@6.12, x86_64@6.1; "x86_64@7.3+feature". arm, m68k and
        others have no special bit in a PTE, so that vm_normal_page() guesses from VM_PFNMAP, VM_MIXEDMAP, vm_pgoff and pfn_valid().
        Kernels that transcripts of real ones prove: 6.1, 6.12, 6.18, 7.3.
`;
