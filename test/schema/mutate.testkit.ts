// SPDX-License-Identifier: GPL-2.0-or-later
/** JSON with one thing in it changed: a member gone, added or called otherwise, a value of another kind or form. */

type Draw = (below: number) => number;

const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 1.5, 255, 256, 4095, 4096, 0x1fffff000, 2 ** 53 - 1, 2 ** 53, 1e300],
  ...['', '0', '0x', '0x0', '0X10', '0x1000', '0x1001', '0x1fffffffffffff', '0x20000000000000', '12', '-1', ' '],
  ...['ring', 'ring[0]', 'ring[0x2]', 'ring[-1]', 'ring[9007199254740992]', '[2]', '[]', 'ring[', 'P0', 'P0+1', 'P0+0'],
  ...['C1+99999999999', '__proto__', 'constructor', 'rw', 'rwx', 'wr', 'rr', 'none', 'NONE', '-', 'r-x', 'rws', 's'],
  ...[
    'VM_IO',
    'vm_io|PFNMAP',
    'VM_IO|',
    ' VM_IO | 0x400 ',
    'VMA_IO_BIT',
    'VM_VMA_IO_BIT',
    'MAP_SHARED',
    'shared|fixed',
  ],
  ...['MAP_FILE', 'MAP_ANON', 'MREMAP_MAYMOVE', 'VM_NONE', '0xffffffff', '0x100000000', 'MADV_DONTNEED', 'dontneed'],
  ...['MADV_NOTHING', 'unknown', 'Unknown', 'EINVAL', 'einval', 'E', 'ENOMEM', '-ENOMEM', 'VM_FAULT_NOPAGE', 'mapped'],
  ...[
    'PW-YS',
    'P??YS',
    'swap',
    'arm',
    'arm|m68k',
    '@6.12',
    '!pte_special',
    'feature:mmap_actions',
    'feature:',
    '!!arm',
  ],
  ...[
    'x86_64:0x227',
    'x86_64:227',
    'always',
    'madvise',
    'device',
    'pmd',
    'pud',
    'page',
    'NULL',
    'call',
    'sigbus',
    'é\u0000',
  ],
  ...['hugepages-64kB/enabled', 'hugepages-order1/enabled', 'nr_hugepages', 'khugepaged/max_ptes_none'],
  ...[[], [1], ['VM_IO'], ['VM_IO', 3], [[0, 16]], [16, 0], [4, 2], [4, 3], [0, 0], ['rw'], {}],
  ...[{ label: 'ring', page: 1 }, { label: '', page: 1 }, { addr: 4096 }, { addr: 5 }, { pfn: 3 }, { label: 'P1' }],
  ...[{ arch: 'arm', value: '12' }, { kind: 'device' }, { do: 'call', call: [] }, { enabled: 'always' }, { order: 2 }],
  ...[{ enabled: 'sometimes' }, { nr_hugepages: 4 }, { use_zero_page: true }, { MM_FILEPAGES: -1 }, { fault: 1 }],
  ...[
    { fault: { do: 'page', frame: 'P0' }, no_split: true },
    { no_split: false },
    { fault: { do: 'sigbus', frame: 'P0' } },
  ],
  [{ type: 'vm_flags_mod', set: 'VM_IO', mmap_lock: 'read' }],
  [{ type: 'remap_pfn_range', frame: 'D0', at: '[1]' }],
  [{ type: 'set_pte' }],
];
const MEMBERS = [
  'mm',
  'at',
  'frame',
  'pages',
  'value',
  'prot',
  'size',
  'self',
  'raw',
  'mmap_lock',
  'call',
  'ops',
  'thp',
];
const MORE = [
  'label',
  'hugetlb',
  'blocks',
  'files',
  'extra',
  '__proto__x',
  'type',
  'specialbit',
  'write',
  'count',
  'vma',
];

/** The JSON changed at one place, by numbers that are drawn. */
export function mutated(json: unknown, numbers: Iterable<number>): unknown {
  const drawn = numbers[Symbol.iterator]();
  const draw: Draw = (below) => (drawn.next().value as number) % below;
  return change(json, draw, 0);
}

function change(json: unknown, draw: Draw, depth: number): unknown {
  const value = (): unknown => VALUES[draw(VALUES.length)];
  if (typeof json !== 'object' || json === null || (depth > 0 && draw(4) === 0)) return value();
  if (Array.isArray(json)) {
    const list = [...(json as unknown[])];
    const at = draw(list.length + 1);
    if (at === list.length) list.push(value());
    else if (draw(3) === 0) list.splice(at, 1);
    else list[at] = change(list[at], draw, depth + 1);
    return list;
  }
  const members = Object.entries(json as Record<string, unknown>);
  const names = [...MEMBERS, ...MORE];
  const at = draw(members.length + 1);
  if (at === members.length) members.push([names[draw(names.length)]!, value()]);
  else {
    const [key, old] = members[at]!;
    const what = draw(4);
    if (what === 0) members.splice(at, 1);
    else if (what === 1) members[at] = [names[draw(names.length)]!, old];
    else members[at] = [key, change(old, draw, depth + 1)];
  }
  return Object.fromEntries(members);
}
