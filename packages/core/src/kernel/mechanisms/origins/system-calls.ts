// SPDX-License-Identifier: GPL-2.0-or-later
/** What system calls are in the kernel, and what the model of them omits. */
import type { KernelOrigin } from '../../base/mechanism.js';

const LIMITS = 'limits: RLIMIT_AS and overcommit (may_expand_vm, security_vm_enough_memory_mm) never refuse';
const MEMLOCK = 'RLIMIT_MEMLOCK (mlock_future_ok)';
const MLOCK_OMITS = [
  `${MEMLOCK} and CAP_IPC_LOCK (can_do_mlock)`,
  'mlock2(MLOCK_ONFAULT) and mlockall(), which set more flags',
];

const MMAP = {
  function: 'do_mmap',
  file: 'mm/mmap.c',
  omits: [
    LIMITS,
    MEMLOCK,
    'the limit on the number of VMAs (sysctl_max_map_count), security_mmap_file(), mmap_min_addr (round_hint_to_min)',
    'what the file forbids beside writing: FMODE_READ, noexec (path_noexec), seals of a memfd',
    'MAP_SYNC and -EOPNOTSUPP of MAP_SHARED_VALIDATE; execute-only keys (execute_only_pkey)',
    'refusing writable memory that is executable (map_deny_write_exec)',
  ],
} as const;

export const SYSTEM_CALLS_ORIGINS = {
  mmap: MMAP,
  'mmap.begin': MMAP,
  'mmap.end': {
    function: '__mmap_region',
    file: 'mm/mmap.c',
    later: [{ since: '6.14', file: 'mm/vma.c' }],
    omits: ['writable mappings of files that deny them (mapping_map_writable)', 'khugepaged (khugepaged_enter_vma)'],
  },
  set_vm_ops: {
    function: 'vm_area_struct',
    file: 'include/linux/mm_types.h',
    omits: [],
  },
  munmap: {
    function: '__vm_munmap',
    file: 'mm/mmap.c',
    later: [{ since: '6.14', file: 'mm/vma.c' }],
    omits: [],
  },
  mprotect: {
    function: 'do_mprotect_pkey',
    file: 'mm/mprotect.c',
    omits: [
      'protection keys, PROT_GROWSDOWN and PROT_GROWSUP',
      'CPUs with the L1TF bug: bare frames that become PROT_NONE are not asked for (pfn_modify_allowed)',
      LIMITS,
      'refusing writable memory that is executable (map_deny_write_exec), arch_validate_flags(), vm_ops->mprotect',
      'migration and device entries, userfaultfd and NUMA hinting of change_pte_range()',
    ],
  },
  mremap: {
    function: 'mremap',
    file: 'mm/mremap.c',
    omits: [
      `${LIMITS}; ${MEMLOCK}`,
      'the limit on the number of VMAs (sysctl_max_map_count)',
      'moving whole page tables (move_normal_pmd): their entries are moved one by one',
      'userfaultfd (mremap_userfaultfd_complete), vm_ops->mremap',
    ],
  },
  madvise: {
    function: 'do_madvise',
    file: 'mm/madvise.c',
    omits: [
      'MADV_COLLAPSE, MADV_HWPOISON and MADV_SOFT_OFFLINE, which are refused with -EINVAL',
      'KSM and khugepaged themselves: their advice changes flags, and nothing is merged or collapsed',
      'MADV_WILLNEED of a file of a disk (vfs_fadvise), and who may page out a file (can_do_file_pageout)',
      'userfaultfd, memory policies; process_madvise()',
    ],
  },
  mlock: {
    function: 'do_mlock',
    file: 'mm/mlock.c',
    omits: MLOCK_OMITS,
  },
  munlock: {
    function: 'apply_vma_lock_flags',
    file: 'mm/mlock.c',
    omits: [],
  },
  mseal: {
    function: 'mseal',
    file: 'mm/mseal.c',
    since: 'mseal',
    omits: [],
  },
  uffdio_move: {
    function: 'userfaultfd_move',
    file: 'fs/userfaultfd.c',
    later: [{ since: '7.2', file: 'mm/userfaultfd.c' }],
    since: 'uffdio_move',
    omits: [
      'which userfaultfd it is: a VMA is registered where VM_UFFD_MISSING, VM_UFFD_WP or VM_UFFD_RWP is set; nobody is woken',
      'other address spaces, whose moves are refused (-EINVAL), and VM_SHADOW_STACK',
      'huge folios of anonymous memory other than the huge zero folio, and large folios, which are split (split_folio)',
      'page tables without entries: where there is one, a hole below an occupied place is -EEXIST and not -ENOENT, and a huge zero PMD that moves there is split',
      'soft-dirty, and the bit of userfaultfd in the entry that moved (move_soft_dirty_pmd, clear_uffd_wp_pmd, userfaultfd_rwp)',
      'migration and other entries that are none of swap',
      'what the CPU does with the entry that 6.16 to 6.18.19 make of a NULL folio: its address may be beyond what the CPU has',
    ],
  },
  fork: {
    function: 'dup_mmap',
    file: 'kernel/fork.c',
    later: [{ since: '6.16', file: 'mm/mmap.c' }],
    omits: [
      LIMITS,
      'userfaultfd that follows a fork (dup_userfaultfd), and its markers (copy_pte_marker)',
      'migration and device entries (copy_nonpresent_pte takes any entry for one of swap)',
      'KSM and khugepaged (ksm_fork, khugepaged_fork), memory policies (vma_dup_policy), vm_ops->open',
      'page tables, which are copied or not by what is in them; their memory never runs out',
    ],
  },
  exit: {
    function: 'mmput',
    file: 'kernel/fork.c',
    omits: ['other users of the address space: the last one goes (CLONE_VM)'],
  },
  prctl: {
    function: 'prctl',
    file: 'kernel/sys.c',
    omits: ['every option but PR_SET_MEMORY_MERGE; KSM itself: pages are never merged'],
  },
  brk: {
    function: 'brk',
    file: 'mm/mmap.c',
    omits: [
      'RLIMIT_DATA (check_data_rlimit)',
      LIMITS,
      'mlockall(MCL_FUTURE): the new part is neither locked nor populated',
      'VM_EXEC of the data segment, where an architecture has it',
    ],
  },
  execve: {
    function: 'exec_mmap',
    file: 'fs/exec.c',
    omits: ['the program: its file, stack and interpreter come as map_vma events (setup_arg_pages, load_elf_binary)'],
  },
  map_vma: {
    function: 'insert_vm_struct',
    file: 'mm/mmap.c',
    later: [{ since: '6.14', file: 'mm/vma.c' }],
    omits: ['no system call does this: a VMA is put where a snapshot of a process had it, and merged with nothing'],
  },
  vma_modify_flags: {
    function: 'userfaultfd_set_vm_flags',
    file: 'fs/userfaultfd.c',
    later: [{ since: '6.12', file: 'mm/userfaultfd.c' }],
    omits: ['the userfaultfd itself: no fault is handed to it, and nothing is write-protected'],
  },
  truncate: {
    function: 'truncate_setsize',
    file: 'mm/truncate.c',
    omits: ['seals, leases and the file system'],
  },
} as const satisfies Record<string, KernelOrigin>;
