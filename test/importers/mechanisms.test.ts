// SPDX-License-Identifier: GPL-2.0-or-later
import { architectures } from '@specialbit/arch-x86';
import { createWorld, defineProfile, kernelOptions, type Outcome, Player } from '@specialbit/core';
import type { Kernel } from '@specialbit/core/kernel';
import { parseLog } from '@specialbit/events';
import { viewVma } from '@specialbit/importers';
import { describe, expect, it } from 'vitest';

const arch = architectures.find(({ name }) => name === 'x86_64')!;
const machine = {
  ram: [[0x1000, 0x9000]] as const,
  highest_memmap_pfn: 0x8fff,
  zero_pfn: 0x1000,
  zero_pages: 1,
  frames: { D0: 0x2000, D1: 0x2001 },
};

/** The outcomes of events, one JSON object a line, and the kernel afterwards. */
function play(text: string, version = '6.18'): { outcomes: Outcome[]; kernel: Kernel; vmas: string[] } {
  const header = { specialbit: 1, files: { a: { kind: 'file', pages: 3 }, dev: 'device' } };
  const log = parseLog(`${JSON.stringify(header)}\n${text}`);
  const lane = { arch, machine, files: log.header.files!, profile: defineProfile(version) };
  const player = new Player(kernelOptions(lane), createWorld(lane));
  const outcomes = log.events.map((event) => {
    const outcome = player.step(event);
    player.world(); // what is not part of a world would be lost here
    return outcome;
  });
  const kernel = player.kernel;
  const mm = kernel.mms.get(1)!;
  const vmas = mm.vmas.map((vma) => {
    const view = viewVma(kernel, mm, vma);
    return `${view.start.toString(16)}-${view.end.toString(16)} ${view.perms} ${view.name}`;
  });
  return { outcomes, kernel, vmas };
}

const START = '{"type":"execve","mm":1,"start_brk":"0x500000","start_stack":"0x7fffffffe100","comm":"p"}';

describe('brk', () => {
  it('grows, merges with itself, shrinks, and refuses what is in the way', () => {
    const { outcomes, vmas } = play(`${START}
{"type":"map_vma","mm":1,"at":"0x4ff000","pages":1,"vm_flags":"0x100073"}
{"type":"brk","mm":1}
{"type":"brk","mm":1,"brk":"0x501800"}
{"type":"brk","mm":1,"brk":"0x504000"}
{"type":"mmap","mm":1,"at":"0x506000","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED","pages":1,"prot":"r"}
{"type":"brk","mm":1,"brk":"0x506000"}
{"type":"brk","mm":1,"brk":"0x503000"}
{"type":"brk","mm":1,"brk":"0x100"}`);
    expect(outcomes.slice(2).map(({ ret }) => ret)).toEqual([
      0x500000, 0x501800, 0x504000, 0, 0x504000, 0x503000, 0x503000,
    ]);
    // what lies below start_brk stays apart, although it is alike
    expect(vmas).toEqual(['4ff000-500000 rw-p ', '500000-503000 rw-p [heap]', '506000-507000 r--p ']);
  });
});

describe('stacks', () => {
  const STACK = `${START}
{"type":"map_vma","mm":1,"at":"0x7ffffffde000","pages":33,"vm_flags":"0x100173"}`;

  it('grow down to where they are touched', () => {
    const { vmas } = play(`${STACK}\n{"type":"write","mm":1,"at":"0x7ffffffd0000"}`);
    expect(vmas).toEqual(['7ffffffd0000-7ffffffff000 rw-p [stack]']);
  });

  it('keep a gap to what lies below, and have a limit', () => {
    const { outcomes } = play(`${STACK}
{"type":"mmap","mm":1,"at":"0x7fffffed0000","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED","pages":1,"prot":"rw"}
{"type":"write","mm":1,"at":"0x7fffffee0000"}
{"type":"write","mm":1,"at":"0x7ffff0000000"}`);
    expect(outcomes.map(({ signal }) => signal)).toEqual([null, null, null, 'SIGSEGV', 'SIGSEGV']);
  });
});

describe('files of a disk', () => {
  it('are counted as file pages, copied when written privately, and end', () => {
    const { outcomes, kernel } = play(`${START}
{"type":"mmap","mm":1,"label":"f","pages":4,"prot":"rw","file":"a","flags":"MAP_PRIVATE"}
{"type":"read","mm":1,"at":"f"}
{"type":"write","mm":1,"at":"f[1]"}
{"type":"read","mm":1,"at":"f[3]"}`);
    expect(outcomes.map(({ signal }) => signal)).toEqual([null, null, null, null, 'SIGBUS']);
    expect(kernel.mms.get(1)!.rss).toEqual([2, 1, 0, 0]);
  });

  it('lose what ftruncate cuts off, everywhere', () => {
    const { kernel } = play(`${START}
{"type":"mmap","mm":1,"label":"f","pages":3,"prot":"r","file":"a"}
{"type":"read","mm":1,"at":"f"}
{"type":"truncate","file":"a","pages":1}`);
    expect(kernel.mms.get(1)!.rss).toEqual([1, 0, 0, 0]);
  });

  it('opened for reading only can never become writable', () => {
    const { outcomes } = play(`${START}
{"type":"mmap","mm":1,"label":"f","pages":1,"prot":"r","file":"a","file_readonly":true}
{"type":"mprotect","mm":1,"at":"f","pages":1,"prot":"rw"}
{"type":"mmap","mm":1,"pages":1,"prot":"rw","file":"a","file_readonly":true}`);
    expect(outcomes.map(({ ret }) => ret)).toEqual([0, 0, -13, -13]);
  });
});

describe('drivers that refuse', () => {
  it('.may_split: a part can be neither unmapped nor changed', () => {
    const { outcomes } = play(`${START}
{"type":"mmap","mm":1,"label":"d","pages":2,"prot":"r","file":"dev","ops":{"fault":{"do":"page","frame":"D0"},"may_split":"EINVAL"}}
{"type":"munmap","mm":1,"at":"d","pages":1}
{"type":"mprotect","mm":1,"at":"d[1]","pages":1,"prot":"none"}
{"type":"madvise","mm":1,"at":"d","pages":1,"advice":"MADV_DONTFORK"}
{"type":"munmap","mm":1,"at":"d","pages":2}`);
    expect(outcomes.map(({ ret }) => ret)).toEqual([0, 0, -22, -22, -22, 0]);
  });
});

describe('newer kernels', () => {
  const TWO = `${START}
{"type":"mmap","mm":1,"at":"0x10000","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED","pages":1,"prot":"r"}
{"type":"mmap","mm":1,"at":"0x12000","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED","pages":1,"prot":"rw"}
{"type":"mmap","mm":1,"at":"0x21000","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED","pages":1,"prot":"rw"}
{"type":"mremap","mm":1,"at":"0x10000","pages":3,"new_pages":3,"to":"0x20000"}`;

  it('mremap moves several VMAs from 6.17 on, and leaves the target of a gap alone', () => {
    expect(play(TWO).vmas).toEqual(['20000-21000 r--p ', '21000-23000 rw-p ']);
    const older = play(TWO, '6.12');
    expect(older.outcomes.at(-1)!.ret).toBe(-14);
    expect(older.vmas).toEqual(['10000-11000 r--p ', '12000-13000 rw-p ']);
  });

  it('a VMA with pages merges into a neighbour without from 6.16 on', () => {
    const text = `${START}
{"type":"mmap","mm":1,"at":"0x10000","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED","pages":1,"prot":"rw"}
{"type":"mmap","mm":1,"at":"0x11000","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED","pages":1,"prot":"r"}
{"type":"mprotect","mm":1,"at":"0x11000","pages":1,"prot":"none"}
{"type":"mmap","mm":1,"at":"0x11000","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED|MAP_NORESERVE","pages":1,"prot":"rw"}
{"type":"write","mm":1,"at":"0x11000"}
{"type":"mprotect","mm":1,"at":"0x10000","pages":2,"prot":"r"}`;
    expect(play(text).vmas.length).toBeLessThanOrEqual(play(text, '6.12').vmas.length);
  });
});

it('vma_modify_flags splits and merges', () => {
  const { vmas } = play(`${START}
{"type":"mmap","mm":1,"at":"0x10000","flags":"MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED","pages":3,"prot":"rw"}
{"type":"vma_modify_flags","mm":1,"at":"0x11000","pages":1,"set":"VM_UFFD_MISSING"}`);
  expect(vmas).toHaveLength(3);
});

it('execve takes everything away, also in a process that existed', () => {
  const { vmas, kernel } = play(`${START}
{"type":"mmap","mm":1,"label":"a","pages":3,"prot":"rw"}
{"type":"write","mm":1,"at":"a"}
{"type":"execve","mm":1}`);
  expect(vmas).toEqual([]);
  expect(kernel.mms.get(1)!.rss).toEqual([0, 0, 0, 0]);
});
