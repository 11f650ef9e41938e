// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { decodeHeader, encodeHeader } from './header.js';
import { upcasterFor } from './version.js';

const where = { file: 'ring.jsonl', line: 1 };
const machine = { ram: [['0x10', '0x20']], zero_pfn: '0x11', frames: { P0: 0x12 } };

describe('header', () => {
  it('fills in what is absent', () => {
    const json = {
      specialbit: 1,
      arch: 'arm',
      description: 'one',
      files: { dev: 'device', tmp: { kind: 'shmem', content: [1, 2] } },
      machine: { default: machine },
    };
    expect(decodeHeader(json)).toEqual({
      specialbit: 1,
      arch: ['arm'],
      description: ['one'],
      files: { dev: { kind: 'device', pages: 0 }, tmp: { kind: 'shmem', pages: 2, content: [1, 2] } },
      machine: {
        default: { ram: [[16, 32]], highest_memmap_pfn: 31, zero_pfn: 17, zero_pages: 1, frames: { P0: 18 } },
      },
    });
  });

  it('writes pfns in hexadecimal and leaves out what is the default', () => {
    const header = decodeHeader({ specialbit: 1, machine: { arm: machine } });
    expect(encodeHeader(header)).toEqual({
      specialbit: 1,
      machine: { arm: { ram: [['0x10', '0x20']], zero_pfn: '0x11', frames: { P0: '0x12' } } },
    });
  });

  const withMachine = (more: object): object => ({ specialbit: 1, machine: { arm: { ...machine, ...more } } });
  // biome-ignore format: one row for each error
  it.each([
    [{ specialbit: 1, archs: [] }, 'archs: expected a field of the header (did you mean "arch"?), found "archs"'],
    [{ specialbit: 1, title: 3 }, 'title: expected a text, found 3'],
    [{ specialbit: 1, arch: ['arm', 3] }, 'arch[1]: expected a text, found 3'],
    [{ specialbit: 1, files: { dev: 'devcie' } }, 'files.dev.kind: expected one of "device", "shmem", "file", "hugetlbfs" (did you mean "device"?), found "devcie"'],
    [{ specialbit: 1, files: { '': 'device' } }, 'files.: expected the name of a file, found ""'],
    [withMachine({ ram: [['0x20', '0x10']] }), 'machine.arm.ram[0]: expected a range [first pfn, end pfn] that is not empty, found an array'],
    [withMachine({ ram: [[1, 5], [4, 6]] }), 'machine.arm.ram[1]: expected ascending ranges that do not overlap, found [0x4, 0x6]'],
    [withMachine({ zero_pfn: 'Z' }), 'machine.arm.zero_pfn: expected a pfn (608 or "0x260"), found "Z"'],
    [withMachine({ frames: { '0': 1 } }), 'machine.arm.frames[0]: expected a frame label (a letter, then letters and digits), found "0"'],
    [withMachine({ frames: { P0: '260' } }), 'machine.arm.frames.P0: expected a pfn (608 or "0x260"), found "260"'],
  ])('%j', (json, message) => {
    expect(() => decodeHeader(json, where)).toThrow(new RegExp(`^ring\\.jsonl:1: ${literally(message)}$`));
  });
});

describe('format version', () => {
  const upcasters = new Map([
    [1, { header: (json: unknown) => ({ ...(json as object), two: true }), event: (json: unknown) => [json, 2] }],
    [2, { header: (json: unknown) => ({ ...(json as object), three: true }), event: (json: unknown) => [json, 3] }],
  ]);

  it('needs nothing for the current one', () => {
    expect(upcasterFor({ specialbit: 1 }, where)).toBeUndefined();
  });

  it('is raised step by step', () => {
    const upcaster = upcasterFor({ specialbit: 1 }, where, upcasters, 3);
    expect(upcaster?.header({ specialbit: 1 })).toEqual({ specialbit: 1, two: true, three: true });
    expect(upcaster?.event('x')).toEqual([['x', 2], 3]);
  });

  it.each([
    [
      { specialbit: 2 },
      'specialbit: expected a format version up to 1 (update specialbit to read newer logs), found 2',
    ],
    [{ specialbit: '1' }, 'specialbit: expected a format version (1), found "1"'],
    [{ specialbit: 0 }, 'specialbit: expected a format version (1), found 0'],
    [{ type: 'mmap' }, 'expected a header line such as {"specialbit":1}, found an event of type "mmap"'],
    [{ title: 'x' }, 'expected a header line such as {"specialbit":1}, found an object without "specialbit"'],
    [[], 'expected a header line such as {"specialbit":1}, found an empty array'],
  ])('%j', (json, message) => {
    expect(() => upcasterFor(json, where)).toThrow(new RegExp(`^ring\\.jsonl:1: ${literally(message)}$`));
  });

  it('that no upcaster leads from is an error', () => {
    expect(() => upcasterFor({ specialbit: 1 }, where, new Map(), 2)).toThrow(
      'ring.jsonl:1: specialbit: expected a format version that can be read (2), found 1',
    );
  });
});

function literally(message: string): string {
  return message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
