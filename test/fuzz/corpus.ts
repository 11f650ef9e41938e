// SPDX-License-Identifier: GPL-2.0-or-later
/** Inputs as they should be, from this repository: what mutations begin with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** From test/dist/fuzz, and from test/fuzz. */
export const root = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../' : '../../', import.meta.url),
);

export const at = (path: string): string => join(root, path);

const text = (path: string): string => {
  const bytes = readFileSync(path);
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
};

/** The files of a folder, those below it too, whose names end so. */
function below(folder: string, end: RegExp): string[] {
  return readdirSync(at(folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && end.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const head = (content: string, lines: number): string => content.split('\n').slice(0, lines).join('\n');

/** Reads each when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A log longer than this is not played at once. */
const LONG = 20_000;
export const LOGS = once(() =>
  below('examples', /\.jsonl$/)
    .map(text)
    .filter((log) => log.length < LONG),
);
export const THREADED = once(() => below('examples/threads', /\.jsonl$/).map(text));
export const SPLATS = once(() =>
  [...below('test/pasted/splats', /\.txt$/), ...below('test/pasted/public', /\.txt$/)].map(text),
);
export const STRACE = once(() => [
  ...below('test/pasted/strace', /\.txt$/).map(text),
  head(text(at('test/traces/recordings/true/strace.txt.gz')), 60),
  head(text(at('test/traces/recordings/forkstress2/strace.txt.gz')), 120),
]);
export const FTRACE = once(() => [
  ...below('test/pasted/ftrace', /\.txt$/).map(text),
  head(text(at('test/traces/recordings/true/ftrace.txt.gz')), 120),
]);
export const SNAPSHOTS = once(() => [head(text(at('test/traces/recordings/forkstress2/snapshots.jsonl.gz')), 4)]);
export const META = once(() => below('test/traces/recordings', /^meta\.json$/).map(text));
export const TRANSCRIPTS = once(() =>
  ['arm', 'x86_64'].map((arch) => head(text(at(`test/cli/transcripts/${arch}.jsonl.gz`)), 120)),
);
export const PROOFS = once(() => below('test/lab/proofs', /\.jsonl\.gz$/).map((path) => head(text(path), 60)));
export const DRIVERS = once(() => below('test/scan/drivers', /\.c$/).map(text));
export const KNOWN_DIVERGENCES = once(() => [text(at('test/known-divergences.json'))]);

export const MAPS = [
  `00400000-00401000 r--p 00000000 fe:00 9 /bin/x
00401000-00402000 r-xp 00001000 fe:00 9 /bin/x
004ae000-004d0000 rw-p 00000000 00:00 0 [heap]
7ffff7f00000-7ffff7f80000 rw-s 00000000 00:05 12 /dev/zero (deleted)
7ffff7ff9000-7ffff7ffd000 r--p 00000000 00:00 0 [vvar]
7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0 [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
`,
];
export const SMAPS = [
  `00400000-00401000 r--p 00000000 fe:00 9 /bin/x
Size:                  4 kB
KernelPageSize:        4 kB
MMUPageSize:           4 kB
Rss:                   4 kB
Pss:                   4 kB
Anonymous:             0 kB
AnonHugePages:         0 kB
VmFlags: rd mr mw me sd
004ae000-004d0000 rw-p 00000000 00:00 0 [heap]
Size:                136 kB
Rss:                  12 kB
Anonymous:            12 kB
VmFlags: rd wr mr mw me ac sd
`,
];
export const PERF = [
  `true  7589/7589  [001]  2580.519175: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000
true  7589/7589  [001]  2580.519181: syscalls:sys_exit_mmap: 0x7f86a0a8b000
            7f86a0aad581 mmap64+0x21 (/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)
true  7589/7589  [001]  2580.519182: exceptions:page_fault_user: address=0x7f86a0a8b000 ip=0x7f86a0aad581 error_code=0x6
true  7589/7589  [001]  2580.519190: PERF_RECORD_MMAP2 7589/7589: [0x7f86a0a00000(0x1000) @ 0 fe:00 9 1]: r-xp /usr/lib/libc.so.6
true  7589/7589  [001]  2580.519195: PERF_RECORD_EXIT(7589:7589):(7588:7588)
`,
];
export const VMAS = [
  `{"mm":"1","start_brk":"4ae000","brk":"4d0000","start_stack":"7fffffffedb0","mmap_base":"7ffff7fff000"}
{"start":"400000","end":"401000","vm_flags":"71","pgoff":"0","anon_vma":"0","file":"1828b9780"}
{"start":"401000","end":"402000","vm_flags":"73","pgoff":"1","anon_vma":"1f","file":"0"}
`,
];
export const PAGEMAP = [
  `{"va":"400000","pfn":2075693,"pm":["present","file_shared"],"kc":1,"lvl":1,"pte":"80000001fac2d025","sp":{"ref":3,"mapc":0}}
{"va":"401000","pfn":5,"pm":["present"],"kc":1}
`,
];
export const LISTED = [
  `crash> vtop 7f0000001000
   PGD: 105f2d7f0 => 8000000106a3b067
   PTE: 108123008 => 8000000012345227
0xffff888000000000-0xffff888000200000           2M     RW         PSE     GLB NX pmd
00007f0000001000: 0000000012345000 X---A-U-W
`,
  '80000000124002e7 8000000008000227 0x25 0',
];

/** As `specialbit sweep -o` writes it, of a small sweep. */
export const SWEPT = once(() => [text(at('test/fuzz/small.sweep'))]);
