// SPDX-License-Identifier: GPL-2.0-or-later
/** The module: a driver with the handlers of a log, each of its events a function of its own. */
import type { DriverCall, DriverOps, FaultHandler, LogEvent, Mmap } from '@specialbit/events';
import { bytes, type CallText, callText, type Need } from './driver-calls.js';
import { type Frames, type Not, pfnText } from './frames.js';
import { moduleText } from './module-text.js';
import type { PlannedStep } from './plan.js';

/** Members of vm_operations_struct that the module can have; others are named. */
const OPS = new Set([
  'fault',
  'huge_fault',
  'access',
  'pfn_mkwrite',
  'page_mkwrite',
  'close',
  'may_split',
  'anonymous',
]);

export class ModuleWriter {
  private readonly needs = new Set<Need>();
  private readonly functions: string[] = [];
  /** `[3] = { .mmap = mmap_3 },` */
  private readonly rows: string[] = [];
  private readonly prepared: string[] = [];

  constructor(
    private readonly title: string,
    private readonly frames: Frames,
    /** The log's devices, in their order. */
    private readonly devices: readonly string[],
    /** Of which a mapping is made by ->mmap_prepare. */
    private readonly preparing: ReadonlySet<string>,
  ) {}

  /** The module's part of an mmap, or why it has none. */
  mmap(event: Mmap, inside: readonly (DriverCall | LogEvent)[], number: number, cow: boolean): Not | undefined {
    const { ops } = event;
    const unknown = Object.entries(ops ?? {}).find(
      ([name, value]) => value !== undefined && value !== false && !OPS.has(name),
    );
    if (unknown !== undefined)
      return { not: `the handler ${unknown[0]}: ${OTHER_OPS[unknown[0]] ?? 'the module has none'}` };
    const body: string[] = [];
    for (const call of inside) {
      if (call.type === 'unmap_mapping_range') {
        if (this.devices.indexOf(call.file) < 0 || call.file !== event.file)
          return { not: 'unmap_mapping_range of another file within ->mmap' };
        body.push(
          `\tunmap_mapping_range(vma->vm_file->f_mapping, ${bytes(call.pgoff)}, ${bytes(call.pages)}, ${Number(call.even_cows)});`,
        );
        continue;
      }
      const text = callText(call as DriverCall, this.frames, 'mmap', cow);
      if ('not' in text) return text;
      this.use(text);
      const { at } = call as DriverCall;
      const page = 'page' in at ? at.page : 0;
      body.push(...inMmap(text, page));
    }
    const table = ops === undefined ? undefined : this.operations(ops, number);
    if (table !== undefined && typeof table !== 'string') return table;
    const prepare = event.prepare === true ? this.prepare(number, inside as readonly DriverCall[], table) : undefined;
    if (prepare !== undefined) return prepare;
    const uses = body.some((line) => line.includes('err = '));
    const addr = body.some((line) => /\baddr\b/.test(line));
    const start = body.some((line) => /\bstart\b/.test(line));
    this.functions.push(
      [
        `static int mmap_${number}(struct vm_area_struct *vma)`,
        '{',
        ...(addr ? ['\tunsigned long addr;'] : []),
        ...(start ? ['\tunsigned long start = vma->vm_start;'] : []),
        ...(uses ? ['\tint err;'] : []),
        ...(addr || start || uses ? [''] : []),
        ...(ops?.anonymous === true ? ['\tvma_set_anonymous(vma);'] : []),
        ...(table === undefined || ops?.anonymous === true ? [] : [`\tvma->vm_ops = &${table};`]),
        ...(ops === undefined ? [] : ['\tvma->vm_private_data = (void *)vma->vm_pgoff;']),
        ...body,
        '\treturn 0;',
        '}',
      ].join('\n'),
    );
    this.rows.push(`\t[${number}] = { .mmap = mmap_${number} },`);
    return undefined;
  }

  /** A driver's call on a mapping that is there. */
  later({ cow }: PlannedStep, event: DriverCall & { readonly mm: number }, number: number): Not | undefined {
    const lock = (event as { readonly mmap_lock?: string }).mmap_lock;
    const text = callText(event, this.frames, 'later', cow);
    if ('not' in text) return text;
    this.use(text);
    if (text.byFault !== undefined) {
      const { run, index, write } = text.byFault;
      this.functions.push(
        [
          `static long event_${number}(struct vm_area_struct *vma, unsigned long addr)`,
          '{',
          `\treturn pmd_by_fault(vma, addr, ${pfnText({ run, index })}, ${write});`,
          '}',
        ].join('\n'),
      );
      this.rows.push(`\t[${number}] = { .call = event_${number}, .lock = UNLOCKED },`);
      return undefined;
    }
    const body =
      text.expression !== undefined
        ? [`\treturn ${text.expression};`]
        : [...(text.statements ?? []).map((line) => `\t${line}`), '\treturn 0;'];
    this.functions.push(
      [`static long event_${number}(struct vm_area_struct *vma, unsigned long addr)`, '{', ...body, '}'].join('\n'),
    );
    const how = lock === 'read' ? 'FOR_READING' : lock === 'none' ? 'UNLOCKED' : 'FOR_WRITING';
    this.rows.push(`\t[${number}] = { .call = event_${number}, .lock = ${how} },`);
    return undefined;
  }

  /** `vma->vm_ops` is overwritten. */
  setOps(ops: DriverOps, number: number): Not | undefined {
    const unknown = Object.entries(ops).find(
      ([name, value]) => value !== undefined && value !== false && !OPS.has(name),
    );
    if (unknown !== undefined || ops.anonymous === true)
      return { not: `set_vm_ops with ${unknown?.[0] ?? 'anonymous'}` };
    const table = this.operations(ops, number);
    if (typeof table !== 'string') return table;
    this.functions.push(
      [
        `static long event_${number}(struct vm_area_struct *vma, unsigned long addr)`,
        '{',
        `\tvma->vm_ops = &${table};`,
        '\treturn 0;',
        '}',
      ].join('\n'),
    );
    this.rows.push(`\t[${number}] = { .call = event_${number}, .lock = FOR_WRITING },`);
    return undefined;
  }

  /** A call that is about no mapping of the driver's: C with `c` (struct repro_call) and `mm` at hand. */
  plain(lines: readonly string[], number: number): void {
    this.functions.push(
      [
        `static long event_${number}(struct file *file, struct repro_call *c)`,
        '{',
        ...lines.map((line) => `\t${line}`),
        '}',
      ].join('\n'),
    );
    this.rows.push(`\t[${number}] = { .plain = event_${number} },`);
  }

  text(): string {
    return moduleText({
      title: this.title,
      runs: this.frames.runs,
      devices: this.devices,
      preparing: [...this.preparing],
      needs: this.needs,
      functions: this.functions,
      rows: this.rows,
      prepared: this.prepared,
    });
  }

  private use({ needs }: CallText): void {
    for (const need of needs) this.needs.add(need);
  }

  private operations(ops: DriverOps, number: number): string | Not {
    const rows: string[] = [];
    if (ops.fault !== undefined) {
      const fault = this.fault(ops.fault, number);
      if (fault !== undefined) return fault;
      rows.push(`\t.fault = fault_${number},`);
    }
    if (ops.huge_fault !== undefined) {
      const huge = this.hugeFault(ops.huge_fault, number);
      if (huge !== undefined) return huge;
      rows.push(`\t.huge_fault = huge_fault_${number},`);
    }
    if (ops.access === true) rows.push('\t.access = generic_access_phys,');
    if (ops.pfn_mkwrite === true) rows.push('\t.pfn_mkwrite = repro_pfn_mkwrite,');
    if (ops.page_mkwrite === true) rows.push('\t.page_mkwrite = repro_page_mkwrite,');
    if (ops.close === true) rows.push('\t.close = repro_close,');
    if (ops.may_split !== undefined) {
      this.functions.push(
        `static int may_split_${number}(struct vm_area_struct *vma, unsigned long addr)\n{\n\treturn -${ops.may_split};\n}`,
      );
      rows.push(`\t.may_split = may_split_${number},`);
    }
    this.functions.push([`static const struct vm_operations_struct ops_${number} = {`, ...rows, '};'].join('\n'));
    return `ops_${number}`;
  }

  private fault(handler: FaultHandler, number: number): Not | undefined {
    const body: string[] = [];
    let locals: string[] = [];
    if (handler.do === 'sigbus') body.push('\treturn VM_FAULT_SIGBUS;');
    else if (handler.do === 'call') {
      locals = ['\tstruct vm_area_struct *vma = vmf->vma;', '\tunsigned long addr;', '\tint err;'];
      for (const call of handler.call ?? []) {
        const text = callText(call, this.frames, 'handler', false);
        if ('not' in text) return text;
        this.use(text);
        body.push(
          ...inMmap(text, 'page' in call.at ? call.at.page : 0).map((line) =>
            line.replace('return err', 'return vmf_errno(err)'),
          ),
        );
      }
      body.push('\terr = 0;', '\taddr = 0;', '\treturn vmf_errno(err);');
    } else {
      const at = handler.do === 'vm_insert_page' ? this.frames.pagesOf(handler.frame!) : this.frames.of(handler.frame!);
      if ('not' in at) return at;
      const run = this.frames.runs.find(({ name }) => name === at.run);
      const limit = handler.frames ?? (run === undefined ? 1 : run.frames - at.index);
      const pfn = `${pfnText(at)} + off`;
      locals = [
        '\tstruct vm_area_struct *vma = vmf->vma;',
        '\tunsigned long off = vmf->pgoff - (unsigned long)vma->vm_private_data;',
      ];
      body.push(`\tif (off >= ${limit})`, '\t\treturn VM_FAULT_SIGBUS;');
      if (handler.guarded === true && handler.do.startsWith('vmf_insert_')) {
        this.needs.add('bugs');
        const mixed = handler.do !== 'vmf_insert_pfn';
        body.push(
          `\tif (${mixed ? 'mixed_would_bug(vma)' : `pfn_would_bug(vma, ${pfn})`})`,
          '\t\treturn VM_FAULT_SIGBUS;',
        );
      }
      const does = faultText(handler.do, pfn);
      if (does === undefined) return { not: 'vmf_insert_mixed_mkwrite() is not exported since 6.12' };
      if (handler.do === 'vmf_insert_mixed') this.needs.add('mixed');
      if (
        handler.do === 'page' &&
        run?.kind !== 'pages' &&
        run?.kind !== 'reserved' &&
        run?.kind !== 'block' &&
        at.run !== 'Z'
      )
        body.push('\treturn VM_FAULT_SIGBUS;');
      else body.push(...does);
    }
    this.functions.push(
      [
        `static vm_fault_t fault_${number}(struct vm_fault *vmf)`,
        '{',
        ...locals,
        ...(locals.length > 0 ? [''] : []),
        '\tif (too_often(0))',
        '\t\treturn VM_FAULT_SIGBUS;',
        ...body,
        '}',
      ].join('\n'),
    );
    return undefined;
  }

  private hugeFault(handler: NonNullable<DriverOps['huge_fault']>, number: number): Not | undefined {
    if (handler.pud) return { not: 'a huge_fault of PUDs: it needs a gigabyte of memory' };
    const at = this.frames.of(handler.frame);
    if ('not' in at) return at;
    for (const need of ['pmd', 'mixed', 'flags'] as const) this.needs.add(need);
    const limit = handler.frames === undefined ? 'LONG_MAX' : String(handler.frames);
    const write = handler.write ? 'vmf->flags & FAULT_FLAG_WRITE' : 'false';
    this.functions.push(
      [
        `static vm_fault_t huge_fault_${number}(struct vm_fault *vmf, HUGE_ORDER)`,
        '{',
        '\tlong off = vmf->pgoff - (unsigned long)vmf->vma->vm_private_data;',
        '',
        ...(handler.pmd ? [] : ['\treturn VM_FAULT_FALLBACK;']),
        `\treturn map_huge_page(vmf, IS_PMD, ${pfnText(at)}, off, ${limit}, ${write});`,
        '}',
      ].join('\n'),
    );
    return undefined;
  }

  /** ->mmap_prepare with its action, for kernels that have it. */
  private prepare(number: number, calls: readonly DriverCall[], table: string | undefined): Not | undefined {
    if (calls.length > 1) return { not: 'more than one action of ->mmap_prepare' };
    const lines =
      table === undefined ? [] : [`\tdesc->vm_ops = &${table};`, '\tdesc->private_data = (void *)desc->pgoff;'];
    const [call] = calls;
    if (call !== undefined) {
      const {
        at,
        frame,
        pages = 1,
      } = call as { readonly at: { readonly page?: number }; readonly frame?: never; readonly pages?: number };
      const place = frame === undefined ? undefined : this.frames.of(frame, pages);
      if (place === undefined || 'not' in place) return place ?? { not: `${call.type} as an action of ->mmap_prepare` };
      const start = (at.page ?? 0) === 0 ? 'desc->start' : `desc->start + ${bytes(at.page ?? 0)}`;
      const pfn = pfnText(place);
      if (call.type === 'remap_pfn_range') lines.push(`\tmmap_action_remap(desc, ${start}, ${pfn}, ${bytes(pages)});`);
      else if (call.type === 'io_remap_pfn_range')
        lines.push(`\tmmap_action_ioremap(desc, ${start}, ${pfn}, ${bytes(pages)});`);
      else if (call.type === 'vm_iomap_memory')
        lines.push(`\tmmap_action_simple_ioremap(desc, (phys_addr_t)(${pfn}) << PAGE_SHIFT, ${bytes(pages)});`);
      else return { not: `${call.type} as an action of ->mmap_prepare` };
    }
    this.prepared.push(
      [`static int prepare_${number}(struct vm_area_desc *desc)`, '{', ...lines, '\treturn 0;', '}'].join('\n'),
    );
    return undefined;
  }
}

const OTHER_OPS: Readonly<Record<string, string>> = {
  find_special_page: 'kernels of distributions have it for Xen alone, or not at all',
  get_unmapped_area: 'the module leaves the choice to the kernel',
  secretmem: "it is memfd_secret()'s alone",
};

/** A call as lines of ->mmap, which fails as the call does. */
function inMmap({ expression, statements, fault }: CallText, page: number): string[] {
  if (expression === undefined)
    return (statements ?? []).map((line) =>
      line.includes('addr') ? `\taddr = vma->vm_start + ${bytes(page)};\n\t${line}` : `\t${line}`,
    );
  const addr = /\baddr\b/.test(expression) ? [`\taddr = vma->vm_start${page === 0 ? '' : ` + ${bytes(page)}`};`] : [];
  if (fault) return [...addr, `\terr = ${expression} & VM_FAULT_ERROR ? -EFAULT : 0;`, '\tif (err)', '\t\treturn err;'];
  return [...addr, `\terr = ${expression};`, '\tif (err)', '\t\treturn err;'];
}

/** What a handler does for the frame `pfn`. */
function faultText(what: FaultHandler['do'], pfn: string): string[] | undefined {
  switch (what) {
    case 'page':
      return [`\tvmf->page = pfn_to_page(${pfn});`, '\tget_page(vmf->page);', '\treturn 0;'];
    case 'vmf_insert_pfn':
      return [`\treturn vmf_insert_pfn(vma, vmf->address, ${pfn});`];
    case 'vmf_insert_mixed':
      return [`\treturn vmf_insert_mixed(vma, vmf->address, MIXED_PFN(${pfn}, PFN_DEV));`];
    case 'vm_insert_page':
      return [`\treturn vmf_errno(vm_insert_page(vma, vmf->address, pfn_to_page(${pfn})));`];
    case 'remap_pfn_range':
      return [`\treturn vmf_errno(remap_pfn_range(vma, vmf->address, ${pfn}, PAGE_SIZE, vma->vm_page_prot));`];
    default:
      return undefined;
  }
}
