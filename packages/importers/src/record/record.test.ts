// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { Problems } from '../problems.js';
import type { TraceRecord } from '../records.js';
import { FtraceParser } from '../trace/ftrace.js';
import { bpftraceScript } from './bpftrace-script.js';
import { probesOf } from './probes.js';
import { pteScript } from './pte-script.js';
import { probeLine } from './shell-probes.js';
import { traceScript } from './trace-script.js';

const probe = (name: string, release = '6.12') => probesOf(release).find((found) => found.name === name)!;

describe('probes', () => {
  it('one of each function for every release', () => {
    for (const release of ['6.1', '6.12', '6.17', '6.18']) {
      const names = probesOf(release).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('a pfn_t until 6.16, a pfn from 6.17 on', () => {
    expect(probe('vmf_insert_mixed').args[2]!.type).toBe('pfn_t');
    expect(probe('vmf_insert_mixed', '6.17').args[2]!.type).toBe('pfn');
  });

  it('of the functions that a release has', () => {
    const names = (release: string) => probesOf(release).map(({ name }) => name);
    expect(names('6.12')).toContain('zap_vma_ptes');
    expect(names('7.3')).not.toContain('zap_vma_ptes');
    expect(names('7.3')).toContain('zap_special_vma_range');
    expect(names('6.1')).not.toContain('vmf_insert_folio_pmd');
  });

  it('lines of the script', () => {
    expect(probeLine(probe('remap_pfn_range'))).toBe(
      'probe remap_pfn_range "addr=\\$arg2:$W pfn=\\$arg3:$W size=\\$arg4:$W" ' +
        '"vm_flags=vma->vm_flags:$W page_prot=vma->vm_page_prot.pgprot:$W mapping=vma->vm_file->f_mapping:$W" ' +
        '"vm_flags=+$((B * 4))(\\$arg1):$W page_prot=+$((B * 3))(\\$arg1):$W" " ret=\\$retval:s32"',
    );
    expect(probeLine(probe('unmap_mapping_range'))).toBe(
      'probe unmap_mapping_range "mapping=\\$arg1:$W start=\\$arg2:$W size=\\$arg3:$W even_cows=\\$arg4:u8" "" "" ""',
    );
    expect(probeLine(probe('vmf_insert_pfn_pmd'))).toContain(
      '"addr=+$((B * 3))(\\$arg1):$W pfn=\\$arg2:$W write=\\$arg3:u8"',
    );
  });
});

describe('scripts', () => {
  it('have every probe', () => {
    for (const { name } of probesOf('6.12')) {
      for (const front of ['tracefs', 'trace-cmd', 'perf'] as const)
        expect(traceScript('6.12', 'kprobe', front)).toContain(`probe ${name} "`);
      expect(bpftraceScript('6.12')).toContain(`kprobe:${name} `);
      expect(bpftraceScript('6.12')).toContain(`kretprobe:${name} `);
    }
  });

  it('write a definition by the shell, which hears of a refusal: the next form is tried', () => {
    for (const script of [traceScript('6.12', 'kprobe'), pteScript()])
      expect(script).toMatch(/define\(\) \{ d=\$\(echo "\$1" \| registers\); echo "\$d" >> \S+; \}/);
  });

  it('watch handle_mm_fault() where faults have no event', () => {
    expect(traceScript('6.12', 'kprobe')).toContain(
      '[ -d $T/events/exceptions/page_fault_user ] || other "p:specialbit/sbf_fault handle_mm_fault addr=\\$arg2:$W flags=\\$arg3:x32 regs=\\$arg4:$W"',
    );
  });

  it('have with bpftrace the pages of arrays, and where the file is', () => {
    const line = bpftraceScript('6.12')
      .split('\n')
      .find((text) => text.startsWith('kprobe:vm_insert_pages '))!;
    expect(line).toContain('page7=0x%llx');
    expect(line).toContain('*(uint64*)(arg2 + 56)');
    expect(line).toContain('((struct vm_area_struct *)arg0)->vm_file->f_mapping');
    expect(bpftraceScript('6.12')).toContain('kaddr("zero_pfn")');
    expect(bpftraceScript('7.1')).toContain('kaddr("zero_page_pfn")');
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
        .replaceAll(/%l?d|%u/g, '1')
        .replaceAll('%s', 'x');
      const problems = new Problems('bpftrace');
      const records: TraceRecord[] = [];
      const parser = new FtraceParser(problems);
      parser.parse(printed, 1, (record) => records.push(record));
      expect(problems.kinds(), printed).toEqual([]);
      parser.end((record) => records.push(record));
      const half = /: (?:sys_|sbr_|sbo_)|^# specialbit/.test(printed);
      // the half of a call, or what belongs to one
      if (!half) expect(records.length, printed).toBe(1);
    }
  });
});
