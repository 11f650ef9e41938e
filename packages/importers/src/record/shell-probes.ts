// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Probes as a shell script defines them: at their functions' entries with the arguments, and at their returns. A script
 * runs on kernels that nobody knows before, so each probe is tried in several forms, from the most telling to the least,
 * and what no form of can be attached is written down. Documentation/trace/kprobetrace.rst has the syntax.
 */
import { PAGES, type Probe, type ProbeArgument, probesOf } from './probes.js';

/** Which sort of probe: kprobe_events, or fprobes of dynamic_events. */
export type ProbeKind = 'kprobe' | 'fprobe';

/** vm_flags is the fifth word of a vm_area_struct: vm_start, vm_end, vm_mm and vm_page_prot come before (64 bit). */
const FLAGS_WORD = 4;
const PROT_WORD = 3;

/** `$W` is the type of a word and `$B` its bytes, which the script finds out. */
function fetch({ name, position, type, deref, word }: ProbeArgument): string {
  const value = `\\$arg${position}`;
  if (word !== undefined) return `${name}=+$((B * ${word}))(${value}):$W`;
  if (deref === true) return `${name}=+0(${value}):$W`;
  return `${name}=${value}:${type === 'flag' ? 'u8' : '$W'}`;
}

/** The forms of a probe's arguments: always, where the kernel knows types (BTF), and where it does not. */
export function fetchForms(probe: Probe): readonly [plain: string, typed: string, untyped: string] {
  const plain = probe.args.filter(({ type }) => type !== 'pointer' || probe.args[0]!.name === 'mapping').map(fetch);
  const array = probe.args.find(({ type, deref }) => type === 'page' && deref === true);
  const more =
    array === undefined
      ? ''
      : Array.from(
          { length: PAGES - 1 },
          (_, i) => ` page${i + 1}=+$((B * ${i + 1}))(\\$arg${array.position}):$W`,
        ).join('');
  switch (probe.args[0]!.name) {
    case 'vma':
      return [
        plain.join(' '),
        `vm_flags=vma->vm_flags:$W page_prot=vma->vm_page_prot.pgprot:$W mapping=vma->vm_file->f_mapping:$W${more}`,
        `vm_flags=+$((B * ${FLAGS_WORD}))(\\$arg1):$W page_prot=+$((B * ${PROT_WORD}))(\\$arg1):$W${more}`,
      ];
    case 'vmf':
      return [
        plain.join(' '),
        'vm_flags=vmf->vma->vm_flags:$W mapping=vmf->vma->vm_file->f_mapping:$W',
        `vm_flags=+$((B * ${FLAGS_WORD}))(+0(\\$arg1)):$W`,
      ];
    default:
      return [plain.join(' '), '', ''];
  }
}

/** The line of the script that attaches a probe. */
export function probeLine(probe: Probe): string {
  const returns = probe.void === true ? '' : ' ret=\\$retval:s32';
  return `probe ${probe.name} ${[...fetchForms(probe), returns].map((text) => `"${text}"`).join(' ')}`;
}

/** Names of all probes, without their prefix, for taking them away. */
const namesOf = (release: string): string => [...new Set(probesOf(release).map(({ name }) => name))].join(' ');

/**
 * Functions and definitions for a script that has set OUT: finds tracefs, attaches all probes, and leaves `detach` for the
 * end and `describe`, which prints what the importer has to know of machine and probes.
 */
export function attachLines(release: string, kind: ProbeKind, front: string): string[] {
  const [entry, exit] =
    kind === 'kprobe'
      ? ['p:specialbit/sb_$1 $1', 'r64:specialbit/sbr_$1 $1']
      : ['f:specialbit/sb_$1 $1', 'f:specialbit/sbr_$1 $1%return'];
  return [
    'T=/sys/kernel/tracing; [ -d $T/events ] || mount -t tracefs nodev $T 2>/dev/null || T=/sys/kernel/debug/tracing',
    '[ -e $T/dynamic_events ] || { echo "no tracefs here, or a kernel without CONFIG_KPROBE_EVENTS; this script has to run as root" >&2; exit 1; }',
    '# the type of a word, and its bytes',
    'case $(uname -m) in *64*|s390x|alpha) W=x64 B=8;; *) W=x32 B=4;; esac',
    '# architectures on which probes do not know arguments by their number: the registers that they come in',
    'registers() { case $(uname -m) in arm*) sed "s/\\$arg1/%r0/g;s/\\$arg2/%r1/g;s/\\$arg3/%r2/g;s/\\$arg4/%r3/g";; *) cat;; esac; }',
    ': > "$OUT/missing"',
    'missing() { echo "specialbit: no $1" >&2; echo "$1" >> "$OUT/missing"; }',
    'knows() { grep -q "^[0-9a-f]* [A-Za-z] $1\\$" /proc/kallsyms; }',
    '# written by the shell itself, which tells when the kernel refuses it: not every sed does',
    `define() { d=$(echo "$1" | registers); echo "$d" >> $T/${kind === 'kprobe' ? 'kprobe_events' : 'dynamic_events'}; }`,
    '# function, its arguments, more of them where the kernel knows types, more where it does not, the result',
    'probe() {',
    '  knows $1 || { missing "probe on $1: the kernel has no function of this name"; return 0; }',
    '  case "$2" in *page=*) base=$PAGES;; *) base=;; esac',
    '  for more in "$3" "$4" ""; do',
    `    define "${entry} $2 $more$base" 2>/dev/null || continue`,
    `    define "${exit}$5" 2>/dev/null || missing "results of $1"`,
    '    return 0',
    '  done',
    '  missing "probe on $1: $(tail -n 1 $T/error_log 2>/dev/null || echo refused)"',
    '}',
    'other() { define "$1" 2>/dev/null || true; }',
    'detach() {',
    `  for p in ${namesOf(release)}; do for e in sb_$p sbr_$p; do echo "-:specialbit/$e" >> $T/dynamic_events; done; done 2>/dev/null || true`,
    '  for e in sbm_machine sbo_openat sbf_fault; do echo "-:specialbit/$e" >> $T/dynamic_events; done 2>/dev/null || true',
    '}',
    '# of a recording that was ended by force',
    'rmdir $T/instances/specialbit 2>/dev/null || true; detach',
    '# where the array of struct page begins, for the pfn of a page',
    'PAGES=; ! knows vmemmap_base || PAGES=" vmemmap=@vmemmap_base:$W"',
    '# where words have 32 bits its arguments have two each: unmap_mapping_pages(), which it calls, tells the same',
    ...probesOf(release).map(
      (probe) => `${probe.name === 'unmap_mapping_range' ? '[ $B = 4 ] || ' : ''}${probeLine(probe)}`,
    ),
    '# faults, where the kernel has no event for them',
    `[ -d $T/events/exceptions/page_fault_user ] || other "${entry.split(':')[0]}:specialbit/sbf_fault handle_mm_fault addr=\\$arg2:$W flags=\\$arg3:x32 regs=\\$arg4:$W"`,
    'M=; for v in zero_pfn zero_page_pfn highest_memmap_pfn; do ! knows $v || M="$M $v=@$v:$W"; done',
    `[ -z "$M" ] || other "${kind === 'kprobe' ? 'p' : 'f'}:specialbit/sbm_machine exit_mmap$M"`,
    '# names of files, where no strace tells them',
    "echo 'e:specialbit/sbo_openat syscalls/sys_enter_openat path=+0($filename):ustring' >> $T/dynamic_events 2>/dev/null || true",
    'describe() {',
    `  echo "# specialbit: record ${front} ${release}"`,
    '  echo "# specialbit: kernel $(uname -r) $(uname -m)"',
    '  grep "^[0-9a-f].*: System RAM" /proc/iomem | sed "s/^/# specialbit: ram /"',
    '  sed "s/^/# specialbit: no /" "$OUT/missing"',
    '}',
  ];
}
