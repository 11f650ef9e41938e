// SPDX-License-Identifier: GPL-2.0-or-later
/** The fields within one line of a report. */
import type { CpuLine, EntryLevel, Frame, PageDump } from './report.js';

const NULL = /^(?:\(null\)|0x0+|0+)$/;

/** `name:value` with blanks before the value, as `%p` pads it. */
export function fieldOf(text: string, name: string): string | undefined {
  const match = new RegExp(String.raw`(?:^|[\s(])${name}:\s*(\([^)]*\)|[^\s()]+)`).exec(text);
  return match?.[1];
}

/** Digits of a hexadecimal number without 0x; undefined for what is none. */
export function digits(text: string | undefined): string | undefined {
  const match = /^(?:0x)?([0-9a-f]+)$/i.exec(text ?? '');
  return match?.[1]?.toLowerCase();
}

const hexField = (text: string, name: string): string | undefined => digits(fieldOf(text, name));
const numberField = (text: string, name: string): number | undefined => {
  const value = fieldOf(text, name);
  return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : undefined;
};
const pointer = (text: string, name: string): string | undefined => {
  const value = fieldOf(text, name);
  return value === undefined ? undefined : value === '(null)' ? '0' : (digits(value) ?? value);
};

/** Leaves out what is undefined. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;
}

const LEVELS = ['pgd', 'p4d', 'pud', 'pmd', 'pte'] as const;

/** `BUG: Bad page map in process COMM  pte:.. pmd:..`: the first entry is the bad one. */
export function mapLine(text: string): {
  comm: string;
  level?: EntryLevel;
  entry?: string;
  tables: { [level in EntryLevel]?: string };
} {
  const match = /in process (.*?)\s*(?:\b(pte|pmd|pud|p4d|pgd):([0-9a-f]+)?(.*))?$/.exec(text);
  const comm = (match?.[1] ?? '').trim();
  const level = match?.[2] as EntryLevel | undefined;
  const tables: { [level in EntryLevel]?: string } = {};
  for (const name of LEVELS) {
    const value = match?.[4] === undefined ? undefined : hexField(match[4], name);
    if (value !== undefined) tables[name] = value;
  }
  return { comm, tables, ...defined({ level, entry: match?.[3] }) };
}

/** `pgd:.. p4d:.. pud:.. pmd:..`. */
export function tableLine(text: string): { [level in EntryLevel]?: string } {
  const tables: { [level in EntryLevel]?: string } = {};
  for (const name of LEVELS) {
    const value = hexField(text, name);
    if (value !== undefined) tables[name] = value;
  }
  return tables;
}

/** `PGD 105f2d067 P4D .. PTE ..` of x86, `[addr] pgd=.., pte=..` of others. */
export function walkLine(text: string): { [level in EntryLevel]?: string } {
  const walk: { [level in EntryLevel]?: string } = {};
  for (const [, name, value] of text.matchAll(/\b(PGD|PML4|P4D|PUD|PMD|PTE|pgd|p4d|pud|pmd|pte)[ =]([0-9a-f]+)/g)) {
    const level = (name === 'PML4' ? 'pgd' : name!.toLowerCase()) as EntryLevel;
    walk[level] ??= value!;
  }
  return walk;
}

export interface AddrLine {
  readonly addr?: string;
  readonly vm_flags?: string;
  readonly anon_vma?: string;
  readonly mapping?: string;
  readonly index?: string;
  readonly index_anon?: string;
}

/** A number of at most 64 bits: a longer one is no address, whatever became of the line. */
function longField(text: string, name: string): string | undefined {
  const value = hexField(text, name)?.replace(/^0+(?=.{16})/, '');
  return value === undefined || value.length > 16 ? undefined : value;
}

/** `addr:.. vm_flags:.. anon_vma:.. mapping:.. index:..`, as far as it goes. */
export function addrLine(text: string): AddrLine {
  return defined({
    addr: longField(text, 'addr'),
    vm_flags: longField(text, 'vm_flags'),
    anon_vma: pointer(text, 'anon_vma'),
    mapping: pointer(text, 'mapping'),
    index: longField(text, 'index'),
    index_anon: /\b([0-9a-f]+) \(anon\)/.exec(text)?.[1],
  });
}

/** `file:NAME fault:.. mmap:.. read_folio:..`; a name may have blanks. */
export function fileLine(text: string): { file?: string; handlers: Record<string, string> } {
  const [name = '', ...rest] = text.split(/\s+(?=(?:fault|mmap|mmap_prepare|readpage|read_folio):)/);
  const handlers: Record<string, string> = {};
  for (const part of rest) {
    const match = /^(\w+):\s*(.*)$/.exec(part);
    const value = match?.[2]?.trim() ?? '';
    if (match !== null && value !== '' && !NULL.test(value)) handlers[match[1]!] = value;
  }
  const file = name.replace(/^file:\s*/, '').trim();
  return { handlers, ...(file === '' || file === '(null)' ? {} : { file }) };
}

/** `vma->vm_ops->fault: special_mapping_fault+0x0/0x80` of kernels up to 4.0. */
export function handlerLine(text: string): Record<string, string> {
  const match = /^vma->\S*->(\w+): (\S+)/.exec(text);
  return match === null || NULL.test(match[2]!) ? {} : { [match[1]!]: match[2]!.replace(/\+0x0\/.*$/, '') };
}

/** `page:.. refcount:1 mapcount:-1 mapping:.. index:0x0 pfn:0x19f`; `count:` up to 4.19. */
export function pageLine(text: string): PageDump {
  const pfn = hexField(text, 'pfn');
  return defined({
    refcount: numberField(text, 'refcount') ?? numberField(text, 'count'),
    mapcount: numberField(text, 'mapcount'),
    mapping: pointer(text, 'mapping'),
    index: longField(text, 'index'),
    pfn: pfn === undefined ? undefined : Number.parseInt(pfn, 16),
    head: /compound_mapcount: ?\S+|order:.*$/.exec(text)?.[0],
  });
}

/** `anon flags: 0x80014(uptodate|lru|swapbacked)`. */
export function flagsLine(text: string): PageDump {
  const match = /^(?:(anon|ksm)\s+)?flags:\s*(?:0x)?([0-9a-f]+)?\(?([^)]*)/.exec(text);
  const names = match?.[3]?.split('|').filter((name) => name !== '');
  return defined({ kind: match?.[1], flags: match?.[2], flag_names: names });
}

/** `CPU: 1 UID: 0 PID: 99 Comm: test Tainted: G  B  6.18.3 #1 PREEMPT`, `Pid: 1, comm: init Not tainted 3.2.0 #1`. */
export function cpuLine(text: string): CpuLine {
  const cpu = /^CPU:\s*(\d+)/.exec(text)?.[1];
  const pid = /P(?:ID|id):\s*(\d+)/.exec(text)?.[1];
  const tainted = /\bTainted:\s*((?:\[?[A-Z]\]?(?:=\w+,?)?\s*)+)(?=\s|$)/.exec(text)?.[1];
  const comm = /\b[Cc]omm:\s*(.*?)\s*(?:Not tainted|Tainted:|$)/.exec(text)?.[1];
  // the release is the first word behind the taint that is a version
  const behind = /(?:Not tainted|Tainted:.*?)\s+\(?(\d+\.\d+\S*?)\)?(?:\s+(.*))?$/.exec(text);
  return defined({
    cpu: cpu === undefined ? undefined : Number(cpu),
    pid: pid === undefined ? undefined : Number(pid),
    comm: comm === '' ? undefined : comm,
    tainted: tainted?.trim(),
    release: behind?.[1],
    build: behind?.[2],
  });
}

/** The functions of one line of a stack: arm's lines name two. */
export function frameLine(text: string): Frame[] {
  const module = /\s\[(\w+)(?:\s[^\]]*)?\]$/.exec(text)?.[1];
  const unsure = /(?:^|[\s\]])\? /.test(text);
  const more = { ...(unsure ? { unsure } : {}), ...(module === undefined || module === 'inline' ? {} : { module }) };
  const from = /\(?([A-Za-z_.$][\w.$]*)\)?\s+from\s+(?:\[<[0-9a-f]+>\]\s*)?\(?([A-Za-z_.$][\w.$]*)/.exec(text);
  if (from !== null) return [from[1]!, from[2]!].map((name) => ({ name, ...more }));
  const plain =
    /([A-Za-z_.$][\w.$]*)\+0x[0-9a-f]+\/0x/.exec(text) ?? /(?:^|\s)([A-Za-z_][\w.]*)\s+\(?\S+\.[chS]:\d+/.exec(text);
  return plain === null ? [] : [{ name: base(plain[1]!), ...more }];
}

/** `print_bad_pte.cold` and `.part.0`, `.isra.1`, `.constprop.0` are pieces that the compiler cut off a function. */
const base = (name: string): string => name.replace(/\.(?:cold|part|isra|constprop|llvm)(?:\.\d+)*.*$/, '');
