// SPDX-License-Identifier: GPL-2.0-or-later
/** Mappings of processes as /proc, debuggers and pmap show them. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, temporary } from '../cli/specialbit.testkit.js';
import { specialbit } from './in-process.testkit.js';

interface Vma {
  readonly at: string;
  readonly pages: number;
  readonly vm_flags: string;
  readonly file?: string;
  readonly name?: string;
  readonly pgoff?: number | string;
}

const path = (file: string): string => join(root, `test/pasted/strace/${file}.txt`);

async function imported(
  file: string,
): Promise<{ vmas: Vma[]; header: Record<string, unknown>; out: string; err: string }> {
  const { code, out, err } = await specialbit('import', file);
  expect([code, err.split('\n')[0]]).toEqual([0, expect.stringContaining('records became')]);
  const [header, ...events] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { header, vmas: events.filter(({ type }) => type === 'map_vma'), out, err };
}

/** What a write does to the state. */
async function written(log: string, at: string): Promise<string> {
  const more = `${log}{"type":"write","at":"${at}"}\n`;
  return (await specialbit('replay', temporary('log.jsonl', more))).out;
}

describe('/proc/PID/maps', () => {
  it('[anon:NAME] is anonymous memory', async () => {
    const { vmas, out, header } = await imported(path('b10-android-maps'));
    expect(vmas.find(({ name }) => name === '[anon:scudo:primary]')).toMatchObject({ at: '0x70f1d20000' });
    expect(vmas.find(({ name }) => name === '[anon:scudo:primary]')).not.toHaveProperty('file');
    expect(header.files).toMatchObject({
      '/dev/ashmem/SurfaceFlinger': { kind: 'shmem' },
      '/dev/binderfs/binder': { kind: 'device' },
    });
    expect(await written(out, '0x70f1d20000')).toMatch(/write 0x70f1d20000 +value=\S+ += 0|write 0x70f1d20000.*= 0/);
  });
  it('[stack] grows', async () => {
    const { out } = await imported(path('b10-android-maps'));
    expect(await written(out, '0x7fc5a3b000')).toMatch(/write 0x7fc5a3b000.*= 0/);
  });
  it.each([
    ['[anon_shmem:x]', 'shmem', undefined],
    ['/memfd:x (deleted)', 'shmem', undefined],
    ['/dev/zero (deleted)', 'shmem', undefined],
    ['/SYSV00000000 (deleted)', 'shmem', undefined],
    ['/dmabuf:', 'device', undefined],
    ['anon_inode:kvm-vcpu:0', 'device', undefined],
    ['/dev/dri/card0', 'device', undefined],
    ['/anon_hugepage (deleted)', 'hugetlbfs', 'VM_HUGETLB'],
    ['/usr/bin/cat', 'file', undefined],
  ])('%s is a file: %s', async (name, kind, flag) => {
    const { header, vmas } = await imported(
      temporary('maps.txt', `7f0000000000-7f0000200000 rw-s 00000000 00:01 5 ${name}\n`),
    );
    expect(Object.values(header.files as Record<string, { kind: string }>)).toMatchObject([{ kind }]);
    if (flag !== undefined) expect(vmas[0]!.vm_flags).toContain(flag);
  });
  it.each(['[vvar]', '[vdso]', '[vectors]', '[uprobes]', '[sigpage]', '[vvar_vclock]'])(
    "%s is the kernel's own",
    async (name) => {
      const { vmas } = await imported(
        temporary('maps.txt', `7f0000000000-7f0000002000 r--p 00000000 00:00 0 ${name}\n`),
      );
      expect(vmas).toMatchObject([{ name, ops: { may_split: 'EINVAL' } }]);
    },
  );
});

describe('/proc/PID/smaps', () => {
  it('letters of one architecture say which it is', async () => {
    const { header, vmas, err } = await imported(path('b14-smaps-arm64-mte-bti'));
    expect(header).toMatchObject({ arch: ['arm64-4k-48'] });
    expect(vmas[0]!.vm_flags).toContain('VM_ARCH_1');
    expect(vmas[1]!.vm_flags).toContain('VM_HIGH_ARCH_4');
    expect(err).toContain('10 lines used, 0 not about memory, 0 not understood');
    expect(err).not.toContain('VmFlags');
  });
  it('every letter that kernels print is known', async () => {
    const letters =
      'rd wr ex sh mr mw me ms gd um pf gu uw lo io sr rr dc de lf ac nr ht sf ar wf dd sd mm hg nh mg bt mt ss ui dp sl ur';
    const text = `7f0000000000-7f0000001000 rw-p 00000000 00:00 0\nSize: 4 kB\nVmFlags: ${letters} zz\n`;
    const { err } = await imported(temporary('smaps.txt', text));
    expect(err).toContain('chosen: VmFlags zz: left out');
  });
});

describe('lists of other tools', () => {
  it.each([
    [
      'info proc mappings',
      'process 7\nMapped address spaces:\n\n          Start Addr           End Addr       Size     Offset  Perms  objfile\n      0x555555554000     0x555555556000     0x2000     0x1000  r--p   /usr/bin/cat\n',
    ],
    [
      'vmmap of pwndbg',
      'LEGEND: STACK | HEAP | CODE | DATA | RWX | RODATA\n             Start                End Perm     Size Offset File\n    0x555555554000     0x555555556000 r--p     2000   1000 /usr/bin/cat\n',
    ],
    [
      'vmmap of gef',
      '[ Legend:  Code | Heap | Stack ]\nStart              End                Offset             Perm Path\n0x0000555555554000 0x0000555555556000 0x0000000000001000 r-- /usr/bin/cat\n',
    ],
    [
      'pmap -X',
      '1234:   cat\n         Address Perm   Offset Device    Inode Size  Rss  Pss Mapping\n    555555554000 r--p 00001000  fd:01  1234567    8    8    8 /usr/bin/cat\n',
    ],
  ])('%s', async (_name, text) => {
    const { vmas, err } = await imported(temporary('list.txt', text));
    expect(vmas).toMatchObject([{ at: '0x555555554000', pages: 2, file: '/usr/bin/cat', pgoff: 1 }]);
    expect(err).toContain('1 lines used');
    expect(err).toContain(', 0 not understood');
  });
  it.each([
    [
      'smaps_rollup',
      '00400000-7ffe00000000 ---p 00000000 00:00 0 [rollup]\nRss: 884 kB\nPss: 385 kB\n',
      'smaps_rollup: it sums all mappings up',
    ],
    [
      'pmap -x',
      '7:   cat\nAddress           Kbytes     RSS   Dirty Mode  Mapping\n0000555555554000       8       8       0 r---- cat\n',
      'the output of pmap: without -X it has no offsets',
    ],
    [
      'showmap',
      ' virtual                     shared   shared  private  private\n    size      RSS      PSS    clean    dirty    clean    dirty     swap  object\n       8        8        1        8        0        0        0        0  /system/bin/sh\n',
      'the output of showmap',
    ],
  ])('%s is refused by its name', async (_name, text, message) => {
    const { code, err } = await specialbit('import', temporary('list.txt', text));
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
