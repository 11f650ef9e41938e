// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What khugepaged did to a process: its trace events say that small pages became a huge one, and of which frame or address. In the
 * log it is MADV_COLLAPSE of that range, which leaves the same entries. What a process collapsed itself is its own call.
 */
import type { LogEvent } from '@specialbit/events';
import type { CollapseRecord, RssRecord } from '../records.js';
import type { LogBuilder } from './log-builder.js';

interface Where {
  readonly mm: number;
  /** Bytes. */
  readonly addr: number;
}

export class Collapses {
  /** Address spaces by the hash that the trace prints of them. */
  private readonly mms = new Map<number, number>();
  /** Where frames went that faults allocated. */
  private readonly frames = new Map<number, Where>();
  private readonly pages: number;

  constructor(private readonly b: LogBuilder) {
    this.pages = b.options.pmdPages ?? 512;
  }

  /** A task's own counters changed: that is the name of its address space. */
  seen({ pid, mm_id, curr }: RssRecord): void {
    const task = this.b.tasks.get(pid);
    if (curr && task !== undefined) this.mms.set(mm_id, task.mm.id);
  }

  /** A fault got frames; of a folio those that lie behind the first are as far from the first page. */
  allocated({ mm, at }: Extract<LogEvent, { type: 'access' }>, pfn: number, order: number): void {
    if (!('addr' in at)) return;
    const bytes = this.b.page * 2 ** order;
    this.frames.set(pfn, { mm, addr: at.addr - (at.addr % bytes) });
  }

  /** `alloc`: what khugepaged allocated for it. */
  convert(record: CollapseRecord, alloc: readonly number[] | undefined): void {
    const { b } = this;
    if (b.tasks.get(record.pid) !== undefined) return;
    if (record.order !== undefined && 2 ** record.order !== this.pages) {
      b.leave('khugepaged: folios that are smaller than a PMD');
      return;
    }
    const where = this.whereOf(record);
    if (where === undefined) {
      b.leave('khugepaged: huge pages of which no line says where');
      return;
    }
    const bytes = this.pages * b.page;
    b.chosen.add('what khugepaged did is MADV_COLLAPSE of the same range');
    b.emit(
      {
        type: 'madvise',
        mm: where.mm,
        at: { addr: where.addr - (where.addr % bytes) },
        pages: this.pages,
        advice: 'MADV_COLLAPSE',
        ...(alloc === undefined ? {} : { alloc }),
      },
      record,
    );
  }

  private whereOf({ mm_id, addr, pfn }: CollapseRecord): Where | undefined {
    const mm = mm_id === undefined ? undefined : this.mms.get(mm_id);
    if (addr !== undefined) return mm === undefined ? undefined : { mm, addr };
    const found = pfn === undefined ? undefined : this.frames.get(pfn);
    // the frame may have gone to somebody else since
    return found === undefined || (mm !== undefined && found.mm !== mm) ? undefined : found;
  }
}
