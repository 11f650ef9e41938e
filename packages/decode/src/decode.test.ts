// SPDX-License-Identifier: GPL-2.0-or-later
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as x86 } from '@specialbit/arch-x86';
import { findArchitecture } from '@specialbit/core/arch';
import { linesOf, parseTrace } from '@specialbit/importers';
import { UsageError } from '@specialbit/view';
import { describe, expect, it } from 'vitest';
import { decodeText } from './decode.js';
import { importOptions, importSources } from './import-sources.js';
import type { Known } from './known.js';

const architectures = [...x86, ...nospecial];
const known: Known = {
  architectures,
  architectureNamed: (name) => {
    const found = findArchitecture(architectures, name);
    if (found === undefined) throw new UsageError('usage.architecture', `no such architecture: ${name}`);
    return found;
  },
};
const same = (text: string): string => text;
const color = { bold: same, cyan: same, dim: same, inverse: same, red: same, green: same, yellow: same };
const decode = (text: string, arch?: string): string[] =>
  decodeText({ name: 'it', text }, arch === undefined ? {} : { arch }, known)
    .blocks({ color })
    .map((lines) => lines[0]!);

const SPLAT = `BUG: Bad page map in process x  pte:8000000008000225 pmd:0a2c5067
addr:00007f8b3c000000 vm_flags:00100073 anon_vma:0000000000000000 mapping:0000000000000000 index:7f8b3c000
CPU: 0 PID: 1 Comm: x Not tainted 6.12.0 #1
`;

describe('decodeText', () => {
  it('reads values side by side, on architectures of any kernel', () => {
    expect(decode('0x227, 8000225', 'x86_64@6.1,arm-v7')).toEqual([
      '0x227 on x86_64@6.1: a page, pfn 0x0, at 0x0, special',
      '0x227 on arm-v7: a page, pfn 0x0, at 0x0',
      '0x8000225 on x86_64@6.1: a page, pfn 0x8000, at 0x8000000, special',
      '0x8000225 on arm-v7: a page, pfn 0x8000, at 0x8000000',
    ]);
  });

  it('explains a report as the kernel that printed it has its entries', () => {
    const decoded = decodeText({ name: 'it', text: SPLAT }, {}, known);
    expect(decoded.entries.map(({ arch, view }) => `${arch.name} ${view.pfn}`)).toEqual(['x86_64 8000']);
    expect(decoded.blocks({ color })[0]!.join('\n')).toContain('where it came from');
  });

  it.each([
    ['ff', 'a raw value does not say which architecture it is of'],
    ['nothing at all', 'it: expected a report of the kernel'],
    ['execve("/bin/true", ["true"], 0x7ffc /* 4 vars */) = 0', 'that is for `specialbit import`'],
  ])('%s is refused', (text, message) => {
    expect(() => decode(text)).toThrow(message);
  });
});

describe('importSources', () => {
  const imported = (path: string, text: string, format: 'strace' | 'maps' | 'kernel-log' | 'pagemap') =>
    importSources(
      [
        {
          path,
          format,
          lines: async () => linesOf(text),
          records: async (as) => parseTrace(path, as, linesOf(text)),
        },
      ],
      {},
      importOptions([path], {}, known),
      known,
    );

  it('takes traces, states and reports from texts', async () => {
    const trace = await imported(
      'a',
      '7 1.0 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000\n',
      'strace',
    );
    expect(trace.events.map(({ type }) => type)).toContain('mmap');
    const state = await imported('m', '00400000-00402000 rw-p 00000000 00:00 0\n', 'maps');
    expect(state.events.map(({ type }) => type)).toContain('map_vma');
    const report = await imported('k', SPLAT, 'kernel-log');
    expect(report.events.map(({ type }) => type)).toEqual(['execve', 'map_vma', 'set_pte', 'munmap']);
  });

  it('says what is no state', async () => {
    await expect(imported('p', '', 'pagemap')).rejects.toThrow('p: a pagemap alone is no state');
  });
});
