// SPDX-License-Identifier: GPL-2.0-or-later
/** The same recording with bpftrace, which prints lines as the trace file has them. */
import { isBefore, PAGES, type Probe, type ProbeArgument, probesOf, SYSCALLS } from './probes.js';

const LINE = 'printf("%s-%d [%03d] ..... %llu.%06llu: ';
const WHO = 'comm, tid, cpu, nsecs / 1000000000, (nsecs % 1000000000) / 1000';

/** Only the program and its children: pids are put into @in when they are born. */
const FILTER = '/@in[tid]/';

/** Words are of 64 bits: bpftrace runs where BPF is compiled for them. */
function value({ position, type, deref, word }: ProbeArgument): string {
  const arg = `arg${position - 1}`;
  if (word !== undefined) return `*(uint64*)(${arg} + ${8 * word})`;
  if (deref === true) return `*(uint64*)${arg}`;
  return type === 'flag' ? `${arg} & 0xff` : arg;
}

function kprobe(probe: Probe): string[] {
  const { name } = probe;
  const args = probe.args.filter(({ type }) => type !== 'pointer' || probe.args[0]!.name === 'mapping');
  // vm_page_prot and vm_flags are the fourth and fifth word of a vm_area_struct
  const vma = probe.args[0]!.name === 'vma' ? 'arg0' : probe.args[0]!.name === 'vmf' ? '*(uint64*)arg0' : undefined;
  const page = args.some(({ type }) => type === 'page');
  const array = args.find(({ type, deref }) => type === 'page' && deref === true);
  const more: readonly (readonly [name: string, value: string])[] = [
    ...(vma === undefined
      ? []
      : ([
          ['vm_flags', `*(uint64*)(${vma} + 32)`],
          ['page_prot', `*(uint64*)(${vma} + 24)`],
          // where f_mapping stands in a struct file, the kernel's BTF tells
          ['mapping', `(uint64)((struct vm_area_struct *)${vma})->vm_file->f_mapping`],
        ] as const)),
    ...(array === undefined
      ? []
      : Array.from(
          { length: PAGES - 1 },
          (_, i) => [`page${i + 1}`, `*(uint64*)(arg${array.position - 1} + ${8 * (i + 1)})`] as const,
        )),
    ...(page ? ([['vmemmap', '*(uint64*)kaddr("vmemmap_base")']] as const) : []),
  ];
  const format = [...args.map((arg) => arg.name), ...more.map(([key]) => key)].map((key) => `${key}=0x%llx`).join(' ');
  const values = [...args.map(value), ...more.map(([, text]) => text)].join(', ');
  const ret = probe.void === true ? ['', ''] : [' ret=%d', ', (int32)retval'];
  return [
    `kprobe:${name} ${FILTER} { ${LINE}sb_${name}: () ${format}\\n", ${WHO}, ${values}); }`,
    `kretprobe:${name} ${FILTER} { ${LINE}sbr_${name}: ()${ret[0]}\\n", ${WHO}${ret[1]}); }`,
  ];
}

/** Arguments of system calls by name, as the trace file prints them. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  mmap: ['addr', 'len', 'prot', 'flags', 'fd', 'off'],
  munmap: ['addr', 'len'],
  mprotect: ['start', 'len', 'prot'],
  mremap: ['addr', 'old_len', 'new_len', 'flags', 'new_addr'],
  madvise: ['start', 'len_in', 'behavior'],
  mlock: ['start', 'len'],
  munlock: ['start', 'len'],
  brk: ['brk'],
  ftruncate: ['fd', 'length'],
  close: ['fd'],
  ioctl: ['fd', 'cmd'],
  openat: ['dfd', 'flags'],
  shmat: ['shmid', 'shmaddr', 'shmflg'],
};

function syscall(name: string): string[] {
  const args = ARGUMENTS[name] ?? [];
  const format = args.map((arg) => `${arg}: 0x%llx`).join(', ');
  const values = args.map((arg) => `, args->${arg}`).join('');
  return [
    `tracepoint:syscalls:sys_enter_${name} ${FILTER} { ${LINE}sys_${name}(${format})\\n", ${WHO}${values}); }`,
    `tracepoint:syscalls:sys_exit_${name} ${FILTER} { ${LINE}sys_${name} -> 0x%llx\\n", ${WHO}, args->ret); }`,
  ];
}

/** GFP_HIGHUSER_MOVABLE has __GFP_HIGHMEM and __GFP_MOVABLE (include/linux/gfp_types.h, the same bits since before 6.1). */
const GFP =
  '(args->gfp_flags & 0xa) == 0xa ? (args->order > 0 ? "GFP_TRANSHUGE" : "GFP_HIGHUSER_MOVABLE") : "GFP_KERNEL"';

/** What uname tells. */
const UTS = '((struct uts_namespace *)kaddr("init_uts_ns"))->name';

/** What the importer has to know of the machine, as files of /proc have it, and numbers of its pages. */
function machineLines(release: string): string[] {
  const zero = isBefore(release, '7.0') ? 'zero_pfn' : 'zero_page_pfn';
  const values = [zero, 'highest_memmap_pfn'].map((name) => `*(uint64*)kaddr("${name}")`).join(', ');
  return [
    `BEGIN { @in[cpid] = 1; printf("# specialbit: record bpftrace ${release}\\n"); printf("# specialbit: kernel %s %s\\n", ${UTS}.release, ${UTS}.machine); printf("# specialbit: iomem\\n"); cat("/proc/iomem"); printf("# specialbit: end\\n"); }`,
    `kprobe:exit_mmap ${FILTER} { ${LINE}sbm_machine: () zero_pfn=0x%llx highest_memmap_pfn=0x%llx\\n", ${WHO}, ${values}); }`,
  ];
}

/** The program for a release. */
export function bpftraceScript(release: string): string {
  const lines = [
    '#!/usr/bin/env bpftrace',
    `/* Records a program for specialbit, on a kernel ${release}. Run as root:`,
    ' *   bpftrace record.bt -c "COMMAND" -o ftrace.txt; specialbit import ftrace ftrace.txt -o run.jsonl',
    ' * Lines are printed as they come: of two CPUs those of one moment may change places. */',
    ...machineLines(release),
    `tracepoint:task:task_newtask ${FILTER} { @in[args->pid] = 1; ${LINE}task_newtask: pid=%d comm=%s clone_flags=%llx\\n", ${WHO}, args->pid, args->comm, args->clone_flags); }`,
    `tracepoint:sched:sched_process_exec ${FILTER} { ${LINE}sched_process_exec: filename=%s pid=%d\\n", ${WHO}, str(args->filename), args->pid); }`,
    `tracepoint:sched:sched_process_exit ${FILTER} { ${LINE}sched_process_exit: comm=%s pid=%d\\n", ${WHO}, args->comm, args->pid); }`,
    `tracepoint:exceptions:page_fault_user ${FILTER} { ${LINE}page_fault_user: address=0x%llx ip=0x%llx error_code=0x%llx\\n", ${WHO}, args->address, args->ip, args->error_code); }`,
    `tracepoint:exceptions:page_fault_kernel ${FILTER} { ${LINE}page_fault_kernel: address=0x%llx ip=0x%llx error_code=0x%llx\\n", ${WHO}, args->address, args->ip, args->error_code); }`,
    `tracepoint:kmem:mm_page_alloc ${FILTER} { ${LINE}mm_page_alloc: pfn=0x%llx order=%d gfp_flags=%s\\n", ${WHO}, args->pfn, args->order, ${GFP}); }`,
    `tracepoint:kmem:rss_stat ${FILTER} { ${LINE}rss_stat: mm_id=%u curr=%d member=%d size=%ldB\\n", ${WHO}, args->mm_id, args->curr, args->member, args->size); }`,
    `tracepoint:mmap:vm_unmapped_area ${FILTER} { ${LINE}vm_unmapped_area: addr=0x%llx len=0x%llx\\n", ${WHO}, args->addr, args->length); }`,
    `tracepoint:syscalls:sys_enter_openat ${FILTER} { ${LINE}sbo_openat: () path=\\"%s\\"\\n", ${WHO}, str(args->filename)); }`,
    ...SYSCALLS.filter((name) => name in ARGUMENTS || name === 'execve' || name === 'exit_group').flatMap(syscall),
    ...probesOf(release).flatMap(kprobe),
    'END { clear(@in); }',
  ];
  return `${lines.join('\n')}\n`;
}
