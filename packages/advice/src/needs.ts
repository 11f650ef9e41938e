// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What has to work on a mapping, as events that are played and what is wanted of them. Whether it works, nothing here
 * says: the model does.
 */
import { suggestion } from '@specialbit/events';
import { AdviceError } from './errors.js';
import { event, events, type Line, must, want } from './line.js';
import type { Stage } from './stage.js';

/** Some events of one need, on a mapping that is made anew. */
export interface Suite {
  readonly name: string;
  readonly lines: (s: Stage) => readonly Line[];
}

export interface Need {
  readonly name: string;
  /** What the driver's author wants, as it stands behind "works:". */
  readonly words: string;
  readonly suites: readonly Suite[];
  /** It makes sense of mappings that can be written to, or shared ones, only. */
  readonly only?: 'writable' | 'shared';
  /** That it is silently not so lets somebody at memory that is not theirs. */
  readonly guards?: true;
  /** Who wants this does not want that. */
  readonly contradicts?: string;
}

/** Below TASK_SIZE of every architecture: that of a Sun 3 is 0xe000000. */
const MOVED = '0x8000000';

/** The mapping is made. */
function made(s: Stage): Line[] {
  const lines: Line[] = [];
  for (const json of s.map()) {
    lines.push(event(json));
    if (json.type === 'mmap' || json.type === 'mmap.end') lines.push(want('the mapping is made', { ret: 'mapped' }));
    else if (s.way.hook === 'later' && json.type !== 'vm_flags_mod' && json.type !== 'mmap.begin')
      lines.push(want('the driver maps its pages', { ret: 0 }));
  }
  return lines;
}

/** Page `i` maps what it has to. */
function maps(s: Stage, i: number, mm = 0, label = 'm'): Record<string, unknown> {
  const frame = s.frame(i);
  return {
    ...(mm === 0 ? {} : { mm }),
    at: `${label}[${i}]`,
    ...(frame === undefined ? { normal: 'page' } : { maps: frame }),
  };
}

function touched(s: Stage, op: 'read' | 'write', i: number, mm = 0, label = 'm'): Line[] {
  const copied = op === 'write' && !s.shared;
  const wanted = copied ? `page ${i} is copied for its writer` : `page ${i} of the process is the driver's`;
  const found = copied ? { ...(mm === 0 ? {} : { mm }), at: `${label}[${i}]`, maps: 'A*' } : maps(s, i, mm, label);
  return [...events(s.touch(op, i, mm, label)), want(wanted, { signal: 'none', ...found })];
}

/** The mapping is made, and every page of it is there. */
function populated(s: Stage): Line[] {
  return [...made(s), ...s.looked.flatMap((i) => touched(s, 'read', i))];
}

/** Pins, and whether as many came as were asked for. */
function pins(s: Stage, type: string, more: Record<string, unknown>, wanted: string): Line[] {
  const pages = s.looked.length;
  const kept = { type, at: 'm', ...(pages === 1 ? {} : { pages }), ...more, hold: true };
  return [event(kept), want(wanted, { ret: pages })];
}

/** Faults, and calls that the driver makes later, change no flag. */
function flagsKept(s: Stage): Line[] {
  const lines: Line[] = [];
  for (const line of s.way.hook === 'fault' ? populated(s) : made(s)) {
    lines.push(line);
    if (line.kind === 'event' && /^(read|vm_insert|vmf_insert|remap)/.test(String(line.json.type)))
      lines.push(must('flags-kept', 'no flag of the VMA changes'));
  }
  return lines;
}

const unpin = event({ type: 'unpin_user_pages' });
const write = (s: Stage): Record<string, unknown> => (s.writable ? { write: true } : {});
const size = (s: Stage): { pages: number } => ({ pages: s.pages });

/** GUP in every way there is must be refused. */
const REFUSED = ['pin_user_pages', 'pin_user_pages_fast', 'get_user_pages'] as const;

export const NEEDS: readonly Need[] = [
  {
    name: 'use',
    guards: true,
    words: 'reading and writing what the driver has',
    suites: [
      { name: 'read', lines: populated },
      // a fault handler runs under the mmap lock for reading, or the lock of the VMA
      { name: 'fault-lock', lines: (s) => (s.way.hook === 'fault' ? flagsKept(s) : []) },
      {
        name: 'write',
        lines: (s) => (s.writable ? [...made(s), ...s.looked.flatMap((i) => touched(s, 'write', i))] : []),
      },
      {
        name: 'write-after-read',
        lines: (s) => (s.writable ? [...populated(s), ...s.looked.flatMap((i) => touched(s, 'write', i))] : []),
      },
    ],
  },
  {
    name: 'gup',
    words: 'get_user_pages(): O_DIRECT, io_uring registration, vmsplice',
    contradicts: 'no-gup',
    suites: [
      {
        name: 'pin',
        lines: (s) => [...populated(s), ...pins(s, 'pin_user_pages', write(s), 'the pages are pinned'), unpin],
      },
    ],
  },
  {
    name: 'gup-fast',
    words: 'get_user_pages_fast() without falling back to the mmap lock',
    contradicts: 'no-gup',
    suites: [
      {
        name: 'fast-only',
        lines: (s) => [
          ...populated(s),
          event({ type: 'get_user_pages_fast_only', at: 'm' }),
          want('the page is found without the mmap lock', { ret: 1 }),
        ],
      },
    ],
  },
  {
    name: 'longterm',
    guards: true,
    words: 'FOLL_LONGTERM pins that outlive the mapping: RDMA, VFIO, io_uring buffers',
    contradicts: 'no-gup',
    suites: [
      {
        name: 'longterm',
        lines: (s) => [
          ...populated(s),
          ...pins(s, 'pin_user_pages_fast', { ...write(s), longterm: true }, 'the pages are pinned for long'),
          event({ type: 'munmap', at: 'm', ...size(s) }),
          want('the mapping can go meanwhile', { ret: 0 }),
          unpin,
        ],
      },
    ],
  },
  {
    name: 'no-gup',
    guards: true,
    words: 'nobody else can get at the pages: get_user_pages() is refused',
    suites: REFUSED.map((type) => ({
      name: type,
      lines: (s) => [...populated(s), event({ type, at: 'm', ...write(s) }), must('refuse', `${type} is refused`)],
    })),
  },
  {
    name: 'fork',
    guards: true,
    words: 'fork: the child has the mapping, too',
    contradicts: 'no-fork',
    suites: [
      {
        name: 'fork',
        lines: (s) => [
          ...populated(s),
          event({ type: 'fork', child: 1 }),
          want('fork succeeds', { ret: 0 }),
          ...s.looked.flatMap((i) => touched(s, 'read', i, 1)),
          ...(s.writable ? touched(s, 'write', 0, 1) : []),
          want('the page of the parent stays what it was', maps(s, 0)),
          event({ type: 'exit', mm: 1 }),
        ],
      },
    ],
  },
  {
    name: 'no-fork',
    guards: true,
    words: 'a child does not get the mapping',
    suites: [
      {
        name: 'no-fork',
        lines: (s) => [
          ...populated(s),
          event({ type: 'fork', child: 1 }),
          want('the child has no such mapping', { mm: 1, at: 'm', vma: false }),
          event({ type: 'exit', mm: 1 }),
        ],
      },
    ],
  },
  {
    name: 'mremap',
    guards: true,
    words: 'mremap to another place',
    suites: [
      {
        name: 'move',
        lines: (s) => [
          ...populated(s),
          event({
            type: 'mremap',
            at: 'm',
            ...size(s),
            new_pages: s.pages,
            to: s.huge ? '0x80000000' : MOVED,
            label: 'n',
          }),
          want('the mapping moves', { ret: 'mapped' }),
          ...s.looked.flatMap((i) => touched(s, 'read', i, 0, 'n')),
        ],
      },
    ],
  },
  {
    name: 'no-grow',
    guards: true,
    words: 'mremap cannot make the mapping larger than the driver allowed',
    suites: [
      {
        name: 'grow',
        lines: (s) => [
          ...populated(s),
          event({ type: 'mremap', at: 'm', ...size(s), new_pages: 2 * s.pages, flags: 'MREMAP_MAYMOVE' }),
          must('refuse', 'growing is refused'),
        ],
      },
      {
        // where there is no room behind it; in place some mappings cannot grow, and elsewhere they can
        name: 'grow-elsewhere',
        lines: (s) => [
          ...populated(s),
          event({ type: 'mremap', at: 'm', ...size(s), new_pages: 2 * s.pages, to: s.huge ? '0x80000000' : MOVED }),
          must('refuse', 'growing is refused'),
        ],
      },
    ],
  },
  {
    name: 'munmap-part',
    guards: true,
    words: 'munmap of a part',
    suites: [
      {
        name: 'part',
        lines: (s) => [
          ...populated(s),
          event({ type: 'munmap', at: 'm', pages: 1 }),
          want('the first page goes', { ret: 0, at: 'm', vma: false }),
          ...(s.huge ? [] : touched(s, 'read', 1)),
        ],
      },
    ],
  },
  {
    name: 'mprotect',
    guards: true,
    words: 'mprotect, and back',
    suites: [
      {
        name: 'read-only',
        lines: (s) => [
          ...populated(s),
          event({ type: 'mprotect', at: 'm', ...size(s), prot: 'none' }),
          want('mprotect succeeds', { ret: 0 }),
          event({ type: 'read', at: 'm' }),
          want('reading is forbidden', { signal: 'SIGSEGV' }),
          event({ type: 'mprotect', at: 'm', ...size(s), prot: s.writable ? 'rw' : 'r' }),
          want('mprotect succeeds', { ret: 0 }),
          ...touched(s, 'read', 0),
        ],
      },
    ],
  },
  {
    name: 'mlock',
    words: 'mlock brings the pages in and keeps them',
    suites: [
      {
        name: 'mlock',
        lines: (s) => [
          ...made(s),
          event({ type: 'mlock', at: 'm', ...size(s) }),
          want('every page is there afterwards', { ret: 0, ...maps(s, 0) }),
        ],
      },
    ],
  },
  {
    name: 'ptrace',
    words: 'a debugger reads the memory: ptrace, /proc/PID/mem',
    suites: [
      {
        name: 'peek',
        lines: (s) => [
          ...populated(s),
          event({ type: 'access_process_vm', at: 'm' }),
          want('the debugger reads a byte', { ret: 1 }),
        ],
      },
    ],
  },
  {
    name: 'coredump',
    words: 'a core dump has the pages, if its filter asks for the kind of mapping',
    contradicts: 'no-coredump',
    suites: [
      {
        // vma_dump_size() and dump_user_range() of fs/coredump.c
        name: 'dump',
        lines: (s) => [
          ...populated(s),
          want('vma_dump_size() does not pass over it', { at: 'm', no_vm_flags: 'VM_IO|VM_DONTDUMP' }),
          event({ type: 'get_user_pages', at: 'm' }),
          want('get_dump_page() gets the page', { ret: 1 }),
        ],
      },
    ],
  },
  {
    name: 'no-coredump',
    words: 'core dumps leave the pages out',
    suites: [
      {
        name: 'no-dump',
        lines: (s) => [...made(s), must('undumped', 'vma_dump_size() passes over it')],
      },
    ],
  },
  {
    name: 'revoke',
    guards: true,
    words: 'the driver takes the memory back: unmap_mapping_range()',
    suites: [
      {
        name: 'revoke',
        lines: (s) => [
          ...populated(s),
          event({ type: 'unmap_mapping_range', file: s.file, ...size(s), even_cows: true }),
          want('nothing is mapped any more', { at: 'm', pte: 'none' }),
          event({ type: 'set_vm_ops', at: 'm', ops: { fault: { do: 'sigbus' } } }),
          event({ type: 'read', at: 'm' }),
          want('who touches it gets SIGBUS', { signal: 'SIGBUS' }),
        ],
      },
      {
        name: 'revoke-during-mmap',
        lines: (s) => [
          ...events(s.map([{ type: 'unmap_mapping_range', file: s.file, ...size(s), even_cows: true }])),
          must('empty', 'what is revoked while mmap runs is not mapped when it is done'),
        ],
      },
    ],
  },
  {
    name: 'zap',
    guards: true,
    words: 'the driver empties a mapping: zap_vma_ptes(), zap_special_vma_range()',
    suites: [
      {
        name: 'zap',
        lines: (s) => [
          ...populated(s),
          event({ type: 'zap_vma_ptes', at: 'm', ...size(s) }),
          want('nothing is mapped any more', { at: 'm', pte: 'none' }),
        ],
      },
    ],
  },
  {
    name: 'write-notify',
    words: 'the driver hears of the first write to each page',
    only: 'writable',
    suites: [
      {
        name: 'notify',
        lines: (s) => [
          ...populated(s),
          ...events(s.touch('write', 0)),
          want('the write succeeds', { signal: 'none' }),
          must('notify', 'page_mkwrite or pfn_mkwrite is called'),
        ],
      },
    ],
  },
  {
    name: 'read-lock',
    words: 'pages come under the mmap lock for reading, or that of the VMA: faults, ioctls',
    suites: [{ name: 'flags-kept', lines: flagsKept }],
  },
  {
    name: 'rss',
    words: 'the pages count as memory of the process (RSS)',
    suites: [{ name: 'rss', lines: (s) => [...populated(s), must('rss', 'each page is counted')] }],
  },
  {
    name: 'uncounted',
    words: "mappings take no references and map counts of the driver's pages",
    contradicts: 'rss',
    suites: [
      {
        name: 'uncounted',
        lines: (s) => [...populated(s), must('uncounted', 'the map count of the page stays 0')],
      },
    ],
  },
  {
    name: 'huge',
    words: 'huge pages: one entry maps all that a PMD can',
    suites: [
      {
        name: 'huge',
        lines: (s) => [
          ...made(s),
          ...events(s.touch('read', 0)),
          want('a PMD maps it', { signal: 'none', at: 'm', level: 'pmd' }),
        ],
      },
    ],
  },
];

/** Needs of names with commas, `use` first and always. Throws AdviceError. */
export function needsNamed(names: readonly string[]): Need[] {
  const list = names.flatMap((part) => part.split(',')).map((name) => name.trim());
  const found = ['use', ...list].map((name) => {
    const need = NEEDS.find((one) => one.name === name);
    if (need !== undefined) return need;
    const known = NEEDS.map((one) => one.name);
    throw new AdviceError(
      'advice.need',
      `no such need: ${JSON.stringify(name)}${suggestion(name, known)}; there are ${known.join(', ')}`,
    );
  });
  for (const { name, contradicts } of found) {
    if (contradicts !== undefined && list.includes(contradicts))
      throw new AdviceError('advice.need', `${name} and ${contradicts} contradict each other`);
  }
  return NEEDS.filter((need) => found.includes(need));
}
