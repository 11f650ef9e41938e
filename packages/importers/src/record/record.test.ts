// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { Problems } from '../problems.js';
import type { TraceRecord } from '../records.js';
import { FtraceParser } from '../trace/ftrace.js';
import { bpftraceScript } from './bpftrace-script.js';
import { PROBES, probesOf } from './probes.js';
import { fprobeDefinition, kprobeDefinition, traceScript } from './trace-script.js';

const probe = (name: string, release = '6.12') => probesOf(release).find((found) => found.name === name)!;

describe('probes', () => {
  it('one of each function for every release', () => {
    for (const release of ['6.1', '6.12', '6.17', '6.18']) {
      const names = probesOf(release).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(new Set(names)).toEqual(new Set(PROBES.map(({ name }) => name)));
    }
  });

  it('a pfn_t until 6.16, a pfn from 6.17 on', () => {
    expect(probe('vmf_insert_mixed').args[2]!.type).toBe('pfn_t');
    expect(probe('vmf_insert_mixed', '6.17').args[2]!.type).toBe('pfn');
  });

  it('definitions', () => {
    expect(kprobeDefinition(probe('remap_pfn_range'))).toBe(
      'p:specialbit/sb_remap_pfn_range remap_pfn_range addr=$arg2:x64 pfn=$arg3:x64 size=$arg4:x64',
    );
    expect(kprobeDefinition(probe('vm_map_pages'))).toBe(
      'p:specialbit/sb_vm_map_pages vm_map_pages addr=+0($arg1):x64 page=+0($arg2):x64 num=$arg3:x64 vmemmap=@vmemmap_base:x64',
    );
    expect(fprobeDefinition(probe('zap_vma_ptes'))).toBe(
      'f:specialbit/sb_zap_vma_ptes zap_vma_ptes addr=$arg2:x64 size=$arg3:x64 vm_start=vma->vm_start:x64 vm_flags=vma->vm_flags:x64',
    );
  });
});

describe('scripts', () => {
  it('have every probe', () => {
    for (const { name } of probesOf('6.12')) {
      expect(traceScript('6.12', 'kprobe')).toContain(`sb_${name} `);
      expect(traceScript('6.12', 'fprobe')).toContain(`f:specialbit/sb_${name} `);
      expect(bpftraceScript('6.12')).toContain(`kprobe:${name} `);
    }
  });

  it('print with bpftrace what the parser of traces reads', () => {
    const line = /printf\("(.*?)\\n", /;
    for (const program of bpftraceScript('6.12').split('\n')) {
      const format = line.exec(program)?.[1];
      if (format === undefined) continue;
      const printed = format
        .replace('%s-%d [%03d]', 'prog-7 [001]')
        .replace('%llu.%06llu', '1.000001')
        .replaceAll('0x%llx', '0x10')
        .replaceAll('%llx', '10')
        .replaceAll('%d', '8')
        .replaceAll('%s', 'x');
      const problems = new Problems('bpftrace');
      const records: TraceRecord[] = [];
      const parser = new FtraceParser(problems);
      parser.parse(printed, 1, (record) => records.push(record));
      expect(problems.kinds(), printed).toEqual([]);
      const half = printed.includes(': sys_');
      expect(records.length, printed).toBe(half ? 0 : 1);
    }
  });
});
