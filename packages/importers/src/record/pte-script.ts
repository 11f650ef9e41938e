// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A shell script that writes down the page tables of a process. Reading /proc/PID/smaps makes the kernel ask
 * vm_normal_page() about every present entry of every VMA, those of VM_PFNMAP as well (smaps_pte_entry() in
 * fs/proc/task_mmu.c; walk_page_vma() leaves no VMA out). Probes on that function see the raw entry and the answer. Entries
 * that are not present, and all of them where there are no probes, are read from /proc/PID/pagemap.
 */

/** Pages of a VMA that pagemap is read of: a hole of a terabyte is no reason to print for an hour. */
const MOST_PAGES = 262144;
/** Runs of frames whose counts are looked up. */
const MOST_RUNS = 2000;

export function pteScript(pid?: number): string {
  const lines = [
    '#!/bin/sh',
    '# Writes down the page tables of a process for specialbit. Run as root: sh ptes.sh PID > ptes.txt',
    '# Read it back with',
    '#   specialbit explain ptes.txt ADDRESS; specialbit import ptes.txt -o run.jsonl',
    '# The process is stopped meanwhile.',
    'set -eu',
    ...(pid === undefined
      ? ['[ $# -eq 1 ] || { echo "usage: sh $0 PID > ptes.txt" >&2; exit 2; }', 'PID=$1']
      : [`PID=\${1:-${pid}}`]),
    '[ -r /proc/$PID/smaps ] || { echo "no process $PID, or this script does not run as root" >&2; exit 1; }',
    'T=/sys/kernel/tracing; [ -d $T/events ] || mount -t tracefs nodev $T 2>/dev/null || T=/sys/kernel/debug/tracing',
    'I=$T/instances/specialbit-ptes; D=$(mktemp -d)',
    'case $(uname -m) in *64*|s390x|alpha) W=x64 B=8;; *) W=x32 B=4;; esac',
    'registers() { case $(uname -m) in arm*) sed "s/\\$arg1/%r0/g;s/\\$arg2/%r1/g;s/\\$arg3/%r2/g";; *) cat;; esac; }',
    'knows() { grep -q "^[0-9a-f]* [A-Za-z] $1\\$" /proc/kallsyms; }',
    'define() { d=$(echo "$1" | registers); echo "$d" >> $T/kprobe_events; }',
    'no() { echo "# specialbit: no $1"; echo "specialbit: no $1" >&2; }',
    "STATE=$(sed 's/.*) //' /proc/$PID/stat | cut -c1)",
    'cleanup() {',
    '  [ ! -d $I ] || { echo 0 > $I/events/enable; rmdir $I; }',
    '  for e in pte pmd; do echo "-:specialbit/sbp_$e" >> $T/kprobe_events; echo "-:specialbit/sbv_$e" >> $T/kprobe_events; done 2>/dev/null || true',
    '  rm -rf "$D"',
    '  [ "$STATE" = T ] || kill -CONT $PID',
    '}',
    'trap cleanup EXIT',
    'kill -STOP $PID',
    'echo "# specialbit: ptes $PID"',
    'echo "# specialbit: kernel $(uname -r) $(uname -m)"',
    'grep "^[0-9a-f].*: System RAM" /proc/iomem | sed "s/^/# specialbit: ram /"',
    '# _mapcount and _refcount of a struct page: after its flags and five words; _mapcount counts from -1',
    'COUNTS="map=+$((B * 6))(\\$retval):s32 ref=+$((B * 6 + 4))(\\$retval):s32"',
    'M=; for v in zero_pfn zero_page_pfn highest_memmap_pfn; do ! knows $v || M="$M $v=@$v:$W"; done',
    'watch() {',
    '  define "p:specialbit/sbp_$1 $2 start=+0(\\$arg1):$W addr=\\$arg2:$W raw=\\$arg3:$W$3" && define "r64:specialbit/sbv_$1 $2 page=\\$retval:$W $COUNTS"',
    '}',
    'if [ -e $T/kprobe_events ] && watch pte vm_normal_page "$M" 2>/dev/null; then',
    '  knows vm_normal_page_pmd && watch pmd vm_normal_page_pmd "" 2>/dev/null || no "entries of the PMD level"',
    `  mkdir $I; echo 0 > $I/tracing_on; echo \${BUFFER_KB:-65536} > $I/buffer_size_kb`,
    '  echo 1 > $I/events/specialbit/sbp_pte/enable; echo 1 > $I/events/specialbit/sbv_pte/enable',
    '  for e in sbp_pmd sbv_pmd; do [ ! -e $I/events/specialbit/$e ] || echo 1 > $I/events/specialbit/$e/enable; done',
    '  cat $I/trace_pipe > "$D/trace" & CAT=$!',
    '  sh -c \'echo $$ > $1/set_event_pid; echo 1 > $1/tracing_on; exec cat /proc/$2/smaps\' sh $I $PID > "$D/smaps"',
    '  sleep 1; echo 0 > $I/tracing_on; sleep 1; kill $CAT 2>/dev/null || true',
    'else',
    '  no "raw entries, and none of VM_PFNMAP: the kernel takes no probe on vm_normal_page (CONFIG_KPROBE_EVENTS, lockdown)"',
    '  : > "$D/trace"; cat /proc/$PID/smaps > "$D/smaps"',
    'fi',
    '# one thread steps through all of a VMA: entry and answer follow each other; who asked tells them from faults of the reader itself',
    'cat "$D/smaps"',
    'sed -n \'s/.*: \\(sbp_p[tm][ed]\\): ([^)]*) /\\1 /p;s/.*: \\(sbv_p[tm][ed]\\): (\\([A-Za-z0-9_.]*\\)[^)]*) /\\1 caller=\\2 /p;/LOST/p\' "$D/trace"',
    '# what is mapped and swapped, as pagemap has it: page number and value',
    `sed -n 's/^\\([0-9a-f]*\\)-\\([0-9a-f]*\\) ....* [0-9a-f]* ..:.*/\\1 \\2/p' "$D/smaps" | while read -r from to; do`,
    `  first=$((0x$from / 4096)); pages=$(((0x$to - 0x$from) / 4096))`,
    `  [ $pages -le ${MOST_PAGES} ] || { no "pagemap of $from-$to: more than ${MOST_PAGES} pages"; continue; }`,
    '  dd if=/proc/$PID/pagemap bs=8 skip=$first count=$pages 2>/dev/null | od -A n -v -t x8 -w8 |',
    `    awk -v first=$first '{ if ($1 !~ /^0[01]?80*$/ && $1 !~ /^0+$/) printf "pagemap %.0f %s\\n", first + NR - 1, $1 }'`,
    'done > "$D/pagemap"',
    'cat "$D/pagemap"',
    '# counts of frames, by their numbers',
    '{',
    "  sed -n 's/^pagemap [0-9]* [89a-f]..\\(.*\\)/\\1/p' \"$D/pagemap\" | sed 's/^0*\\(.\\)/\\1/'",
    '  case $(uname -m) in x86_64|aarch64)',
    '    sed -n \'s/.*: sbp_pte: .* raw=0x\\([0-9a-f]*\\).*/\\1/p\' "$D/trace" | awk \'{ v = sprintf("%16s", $1); gsub(/ /, "0", v); v = substr(v, 5, 9); sub(/^0+/, "", v); print v == "" ? "0" : v }\';;',
    '  esac',
    '} | sort -u | while read -r pfn; do echo $((0x$pfn)); done | sort -n |',
    '  awk \'NR > 1 && $1 == last + 1 { last = $1; n++; next } { if (NR > 1) print first, n; first = last = $1; n = 1 } END { if (NR) print first, n }\' > "$D/runs"',
    `[ $(wc -l < "$D/runs") -le ${MOST_RUNS} ] || no "counts of all frames: only of the first ${MOST_RUNS} runs of them"`,
    `head -n ${MOST_RUNS} "$D/runs" | while read -r first n; do`,
    '  for f in kpagecount kpageflags; do dd if=/proc/$f bs=8 skip=$first count=$n 2>/dev/null | od -A n -v -t x8 -w8 > "$D/$f"; done',
    `  paste "$D/kpagecount" "$D/kpageflags" | awk -v first=$first '{ printf "frame %.0f %s %s\\n", first + NR - 1, $1, $2 }'`,
    'done',
    'echo "# specialbit: end"',
  ];
  return `${lines.join('\n')}\n`;
}
