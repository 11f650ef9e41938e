// SPDX-License-Identifier: GPL-2.0-or-later
/** A record of a transcript, as the laboratory writes it (docs/transcripts.md); numbers as texts are hexadecimal. */
import * as t from 'io-ts';
import { count, orNull, shape, texts } from './parts.js';

const flag = t.union([t.literal(0), t.literal(1)]);
const machine = {
  ram: t.array(t.tuple([t.string, t.string])),
  highest_memmap_pfn: t.string,
  zero_pfn: t.string,
  frames: t.record(t.string, t.string),
};

const header = shape(
  {
    ...machine,
    header: t.literal(1),
    arch: t.string,
    kernel: t.string,
    page_size: count,
    bits: t.union([t.literal(32), t.literal(64)]),
    has_pte_special: flag,
    zero_pages: count,
    const: t.record(t.string, t.union([t.string, count])),
  },
  { harness: count, config: texts },
);

const begin = shape({ begin: t.string }, { index: count, ...machine });

/** Page, raw value, bits, pfn, label, vm_normal_page()'s answer; or page, raw value, `swap`, type, offset. */
const entry = t.array(orNull(t.union([t.string, count])));
const vma = shape(
  {
    start: t.string,
    end: t.string,
    flags: t.string,
    pgoff: t.string,
    prot: t.string,
    kind: t.string,
    pt: t.array(entry),
  },
  { pmds: t.array(entry), tabs: t.array(count) },
);
const dump = shape({
  mms: t.array(shape({ mm: count, rss: t.tuple([count, count, count, count]), vmas: t.array(vma) })),
  frames: t.record(t.string, t.tuple([count, count, t.string])),
});

const step = shape(
  { scenario: t.string, seq: count },
  {
    mm: count,
    op: shape({ name: t.string }),
    ret: count,
    err: t.string,
    would: t.string,
    signal: t.string,
    si_code: count,
    val: count,
    pages: texts,
    left: count,
    pfn: t.string,
    label: t.string,
    prot: t.string,
    writable: flag,
    special: flag,
    addr: t.string,
    calls: t.tuple([count, count, count]),
    loop: t.literal(1),
    fault_would: t.string,
    kmsg: texts,
    kmsg_lost: count,
    dump,
    alloc: t.record(t.string, t.string),
    oops: texts,
  },
);

/** A record of a transcript: its header, the beginning of a scenario, or a step. */
export const transcriptRecord = t.union([header, begin, step]);
