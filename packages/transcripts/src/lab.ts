// SPDX-License-Identifier: GPL-2.0-or-later
/** One scenario on the modelled machine: plays script lines, and writes the records that the harness would. */
import { errnoName, hexPte, type Outcome } from '@specialbit/core';
import { applyMore, F, type Kernel, VM_FAULT_ERROR, type Vma } from '@specialbit/core/kernel';
import type { LogEvent, Mmap } from '@specialbit/events';
import { assignLabels, type DumpCounts, dumpText, MAX_MESSAGES, MAX_MMS, type MadeDump } from './dump.js';
import { DumpMemory } from './dump-memory.js';
import type { Op } from './format.js';
import { slotVpn } from './lab-machine.js';
import type { LabSetup } from './lab-setup.js';
import { Labels, type LabelTable } from './labels.js';
import { actionPrecondition, commandPrecondition, vmaPrecondition } from './preconditions.js';
import { renameFrames } from './rename-frames.js';
import { driverCall, opNumber, type PageLabels, parsePres, toEvent } from './script.js';
import { thpDumpText } from './thp-dump.js';
import { ThpLabels } from './thp-labels.js';
import { PROC_OPS, procAnswer, thpEvent } from './thp-ops.js';
import { placeFolios, type SuppliedFolios } from './thp-pages.js';

const NOT_CARRIED_OUT = -1000;
const WORKER_HANG = -2001;
/** Bytes from the first D frame to the console's text (KLOG_OFF in the laboratory driver). */
const CONSOLE_OFFSET = 0x10000;

/** Operations that a worker carries out itself. */
const SYSCALLS: ReadonlySet<string> = new Set(
  'mmap munmap mprotect mremap madvise mlock munlock read write fork exit mseal tune fwrite ftrunc fpunch smaps pagemap'.split(
    ' ',
  ),
);
/** Operations that the laboratory's driver carries out for it. */
const DRIVER_OPS: ReadonlySet<string> = new Set(
  (
    'flags setpgoff remap ioremap iomap insert_page insert_pages map_pages map_pages_zero insert_pfn insert_pfn_prot ' +
    'insert_mixed insert_mixed_mkwrite zap setpte clrpte unmap_range get put pin pin_fast gup_fast_only unpin follow ' +
    'peek poke split shrink insert_pfn_pmd'
  ).split(' '),
);
/** Operations that the first harness did not have. */
const LATER_OPS: ReadonlySet<string> = new Set(['mseal', 'insert_pfn_pmd']);

/** Operations that only the harness for huge pages has. */
const THP_OPS: ReadonlySet<string> = new Set([
  ...['split', 'shrink', 'tune', 'fwrite', 'ftrunc', 'fpunch'],
  ...PROC_OPS,
]);

/** What a step needs of its record. */
export interface StepInput {
  readonly scenario: string;
  readonly seq: number;
  readonly mm: number;
  readonly op: Op;
  /** Pages that appear in this step for the first time: label -> pfn. */
  readonly alloc: ReadonlyMap<string, number>;
  /** The same for folios of more than one page, and the huge zero folio. */
  readonly folios?: SuppliedFolios;
  /** What was counted while a call went round that did not return. */
  readonly hung?: Readonly<Record<string, number>>;
}

export interface StepResult {
  /** The record, as the harness writes it; without line end. */
  readonly line: string;
  /** The model's outcome; null when nothing was carried out. */
  readonly outcome: Outcome | null;
  /** What its dump consists of. */
  readonly counts: DumpCounts;
}

/**
 * How often a call that never returns went round before its worker was killed: a matter of time, which the transcript
 * tells by what it counted. 1 where that is not the same as often as what the model counts.
 */
function rounds(k: Kernel, counted: Readonly<Record<string, number>> | undefined): number {
  const { events } = k.vmstat;
  if (counted === undefined || events.size === 0 || Object.keys(counted).length !== events.size) return 1;
  const times = [...events].map(([event, count]) => (counted[event] ?? 0) / count);
  return times.every((each) => each === times[0]) ? times[0]! : 1;
}

export class Lab {
  readonly kernel: Kernel;
  readonly labels: LabelTable;
  private readonly pageSize: number;
  /** The frames of pages that the harness has given a label, where it takes such labels. */
  private readonly pageLabels: PageLabels;
  /** The kernel has printed something in this scenario. */
  private printed = false;
  /** What the last dump has shown; undefined where each shows everything anew. */
  private readonly memory: DumpMemory | undefined;
  /** What the last dump printed; the harness forgets it when it starts an operation. */
  private dumpMessages: readonly string[] = [];

  /** `anew`: nothing is kept from one dump to the next; for tests, since it is the same and slower. */
  constructor(
    private readonly setup: LabSetup,
    anew = false,
  ) {
    this.pageSize = setup.pageSize;
    this.kernel = setup.boot();
    // the transcript tells whether it did
    this.kernel.survives = true;
    this.labels = this.kernel.thp.on ? new ThpLabels(this.kernel) : new Labels(this.kernel);
    this.memory = anew || this.kernel.thp.on ? undefined : new DumpMemory(this.kernel);
    this.pageLabels = setup.harness < 2 ? noLabels : (label) => this.labels.pfnOf(label);
  }

  /** Plays one line. */
  step(input: StepInput): StepResult {
    const k = this.kernel;
    const would = this.harnessRefuses(input);
    if (would !== null) {
      // the harness did not start an operation: counters of the last one still stand, and so does what the
      // last dump printed when it asked vm_normal_page() of every entry
      return { ...this.record(input, k.out, NOT_CARRIED_OUT, would, '', this.dumpMessages, false), outcome: null };
    }
    const out = k.begin();
    k.allocator.supplied = [...input.alloc.values()];
    if (input.folios !== undefined) k.allocator.suppliedOrders = input.folios.byOrder();
    const { ret, refused, text } = this.carryOut(input, out);
    k.allocator.supplied = [];
    k.allocator.suppliedOrders = new Map();
    // the conductor kills a worker that does not answer
    if (out.hang) {
      k.vmstat.repeat(rounds(k, input.hung));
      applyMore(k, { type: 'exit', mm: input.mm });
    }
    if (k.thp.on) placeFolios(k, this.labels, input.alloc, input.folios);
    else if (input.alloc.size > 0) this.placePages(input.alloc);
    // of what is no BUG and no warning the harness takes no notice
    const kmsg = out.messages.filter(({ kind }) => kind !== 'hugetlb').map((m) => harnessText(m.text));
    if (kmsg[0] !== undefined) this.consoleText(kmsg[0]);
    const record = out.hang
      ? this.record(input, out, WORKER_HANG, 'worker-hang', '', kmsg, false)
      : this.record(input, out, ret, refused, text, kmsg, true);
    return { ...record, outcome: out };
  }

  /** Has the kernel printed a message in this scenario? */
  get hasPrinted(): boolean {
    return this.printed;
  }

  /** The label of the frame that is mapped where `op` acts; undefined for none. */
  frameAt(mm: number, op: Op): string | undefined {
    const k = this.kernel;
    const space = k.mms.get(mm);
    if (space === undefined) return undefined;
    const pte = k.peek(space, slotVpn(this.pageSize, opNumber(op, 'v'), opNumber(op, 'p')));
    return k.pte.present(pte) ? this.labels.of(k.pte.pfn(pte), false) : undefined;
  }

  /**
   * The harness keeps the console's text 64 KiB behind the first D frame: with pages of 8 KiB the
   * first message of a scenario overwrites D8. (Where later text lies depends on its length, which
   * transcripts do not tell.)
   */
  private consoleText(message: string): void {
    if (this.printed) return;
    this.printed = true;
    const d8 = this.kernel.machine.pfnOf('D8');
    if (this.pageSize * 8 !== CONSOLE_OFFSET || d8 === undefined) return;
    // a warning starts with a cutting line
    const first = message.startsWith('WARNING') ? '-' : message[0]!;
    this.kernel.frames.set(d8, F.content, first.charCodeAt(0));
  }

  /** Conditions that the conductor checks before it talks to a worker. */
  private harnessRefuses({ op, mm }: StepInput): string | null {
    const alive = (id: number): boolean => this.kernel.mms.has(id);
    if (mm < 0 || mm >= MAX_MMS || !alive(mm)) return 'no-such-mm';
    if (op.name === 'fork') {
      const child = opNumber(op, 'child', 1);
      if (child <= 0 || child >= MAX_MMS || alive(child)) return 'child-exists';
    }
    return null;
  }

  private carryOut(input: StepInput, out: Outcome): { ret: number; refused: string; text: string } {
    const k = this.kernel;
    const { op, mm } = input;
    if (!this.knows(op.name)) return { ret: -1, refused: 'unknown-op', text: '' };
    const vpn = slotVpn(this.pageSize, opNumber(op, 'v'), opNumber(op, 'p'));
    if (op.name === 'mmap') return this.mmap(input, vpn);
    if (PROC_OPS.has(op.name)) return procAnswer(k, op.name, mm, vpn);
    if (!SYSCALLS.has(op.name)) {
      const refused = commandPrecondition(k, op, mm, vpn, this.pageLabels);
      if (refused !== null) return { ret: NOT_CARRIED_OUT, refused, text: '' };
    }
    const event = this.event(op, mm);
    if (event === undefined) return { ret: -1, refused: 'unknown-op', text: '' };
    const answered = thpEvent(k, this.labels, event);
    if (answered !== undefined) return answered;
    applyMore(k, event);
    return { ret: out.ret, refused: '', text: this.resultText(op, out) };
  }

  /** The event of an operation; made once, unless it depends on the labels of the moment. */
  private event(op: Op, mm: number): LogEvent | undefined {
    if (this.pageLabels !== noLabels) return toEvent(op, mm, this.pageSize, this.pageLabels);
    return this.setup.events.of(op, mm, () => toEvent(op, mm, this.pageSize));
  }

  private knows(name: string): boolean {
    if (this.kernel.thp.on) return SYSCALLS.has(name) || DRIVER_OPS.has(name);
    if (THP_OPS.has(name) || (this.setup.harness < 2 && LATER_OPS.has(name))) return false;
    return SYSCALLS.has(name) || DRIVER_OPS.has(name);
  }

  /** mmap: the driver's `pre` operation is checked when it runs, inside `->mmap`. */
  private mmap(input: StepInput, vpn: number): { ret: number; refused: string; text: string } {
    const k = this.kernel;
    const { op, mm } = input;
    const event = this.setup.events.of(op, mm, () => toEvent(op, mm, this.pageSize));
    if (event === undefined || event.type !== 'mmap') return { ret: -1, refused: 'unknown-op', text: '' };
    const pres = parsePres(op);
    const [pre] = pres;
    if (event.prepare === true && pre !== undefined) return this.prepared(event, pre, vpn);
    if (pre === undefined || event.file !== 'dev') {
      applyMore(k, event);
      return { ret: k.out.ret, refused: '', text: '' };
    }
    const { call: _, ...bare } = event;
    applyMore(k, { ...bare, type: 'mmap.begin' });
    const open = k.opened.get(mm);
    if (open === undefined) return { ret: k.out.ret, refused: '', text: '' };
    const { error, refused, text } = this.within(pres, open.vma, mm, vpn);
    const ended = applyMore(k, { type: 'mmap.end', mm, ...(error === undefined ? {} : { error }) });
    return { ret: ended.ret, refused, text };
  }

  /** What happens within `->mmap`, until something fails. */
  private within(
    pres: readonly Op[],
    vma: Vma,
    mm: number,
    vpn: number,
  ): { readonly error: string | undefined; readonly refused: string; readonly text: string } {
    const k = this.kernel;
    let text = '';
    for (const pre of pres) {
      if (pre.name === 'unmap_range') {
        applyMore(k, toEvent(pre, mm, this.pageSize)!);
        continue;
      }
      const at = { addr: (vpn + opNumber(pre, 'p')) * this.pageSize };
      const refused = vmaPrecondition(k, pre, vma, vpn + opNumber(pre, 'p'));
      if (refused !== null) return { error: 'EINVAL', refused, text };
      const call = driverCall(pre, at);
      if (call === undefined) continue;
      const made = applyMore(k, { ...call, mm });
      text = this.resultText(pre, made) || text;
      const error = preError(pre, made.ret);
      if (error !== undefined) return { error, refused: '', text };
    }
    return { error: undefined, refused: '', text };
  }

  /** mmap of a driver that has `->mmap_prepare`: `pre` is the action that it asks for. */
  private prepared(event: Mmap, pre: Op, vpn: number): { ret: number; refused: string; text: string } {
    const k = this.kernel;
    const { call, ...bare } = event;
    applyMore(k, { ...bare, type: 'mmap.begin' });
    if (!k.opened.has(event.mm)) return { ret: k.out.ret, refused: '', text: '' };
    const refused = actionPrecondition(k, pre);
    if (refused === null && call?.[0] !== undefined) {
      applyMore(k, { ...call[0], mm: event.mm, at: { addr: (vpn + opNumber(pre, 'p')) * this.pageSize } });
    }
    const { ret } = applyMore(k, { type: 'mmap.end', mm: event.mm, ...(refused === null ? {} : { error: 'EINVAL' }) });
    return { ret, refused: refused ?? '', text: '' };
  }

  /** Members that the operation adds to the record. */
  private resultText(op: Op, out: Outcome): string {
    switch (op.name) {
      case 'insert_pages':
        return `,"left":${out.left}`;
      case 'pin':
      case 'pin_fast':
      case 'gup_fast_only':
        if (out.pages === null) return '';
        return `,"pages":[${out.pages.map((pfn) => `"${this.labels.of(pfn, true)}"`).join(',')}]`;
      case 'peek':
        return out.ret === 1 ? `,"val":${out.value}` : '';
      case 'follow': {
        const { follow } = out;
        if (follow === null) return '';
        const label = this.labels.of(follow.pfn, false);
        return (
          `,"pfn":"${follow.pfn.toString(16)}","label":"${label}","prot":"${hexPte(follow.prot)}",` +
          `"writable":${follow.writable ? 1 : 0},"special":${follow.special ? 1 : 0}`
        );
      }
      default:
        return '';
    }
  }

  /** Puts the pages that appeared onto the frames that the real allocator had chosen for them. */
  private placePages(alloc: ReadonlyMap<string, number>): void {
    const k = this.kernel;
    const trial = this.labels.clone();
    assignLabels(k, trial);
    const moves = new Map<number, number>();
    trial.forEach((label, pfn) => {
      const real = alloc.get(label);
      if (real !== undefined && real !== pfn) moves.set(pfn, real);
    });
    if (moves.size === 0) return;
    this.labels.moved(renameFrames(k, moves));
  }

  private dump(): MadeDump {
    const { kernel, labels, setup, memory } = this;
    if (labels instanceof Labels) return dumpText(kernel, labels, setup, memory);
    return thpDumpText(kernel, labels, setup);
  }

  /** `answered`: a worker gave a result of its own. */
  private record(
    input: StepInput,
    out: Outcome,
    ret: number,
    would: string,
    text: string,
    kmsg: readonly string[],
    answered: boolean,
  ): { readonly line: string; readonly counts: DumpCounts } {
    let line = `{"scenario":"${input.scenario}","seq":${input.seq},"mm":${input.mm},"op":${JSON.stringify(input.op)},"ret":${ret}`;
    if (ret < 0 && ret > NOT_CARRIED_OUT) line += `,"err":"${userErrno(ret)}"`;
    if (would !== '') line += `,"would":"${would}"`;
    if (answered && out.signal !== null) line += `,"signal":"${out.signal}","si_code":${out.si_code}`;
    else if (answered && input.op.name === 'read') line += `,"val":${out.value}`;
    line += text;
    const [fault, pfn_mkwrite, page_mkwrite] = out.calls;
    if (fault !== 0 || pfn_mkwrite !== 0 || page_mkwrite !== 0)
      line += `,"calls":[${fault},${pfn_mkwrite},${page_mkwrite}]`;
    if (this.kernel.vmstat.huge_faults > 0) line += `,"calls_huge":${this.kernel.vmstat.huge_faults}`;
    if (out.loop) line += ',"loop":1';
    if (out.refused !== null) line += `,"fault_would":"BUG: ${out.refused}"`;
    if (kmsg.length > 0) {
      line += `,"kmsg":[${kmsg
        .slice(0, MAX_MESSAGES)
        .map((m) => JSON.stringify(m))
        .join(',')}]`;
      if (kmsg.length > MAX_MESSAGES) line += `,"kmsg_lost":${kmsg.length - MAX_MESSAGES}`;
    }
    const dump = this.dump();
    this.dumpMessages = dump.messages;
    if (dump.messages[0] !== undefined) this.consoleText(dump.messages[0]);
    return { line: `${line},"dump":${dump.text}}`, counts: dump.counts };
  }
}

/** strerrorname_np(): user space has no name for the errnos that are the kernel's own. */
function userErrno(ret: number): string {
  return (-ret < FIRST_KERNEL_ERRNO && errnoName(ret)) || '?';
}

/** ERESTARTSYS, the first in include/linux/errno.h. */
const FIRST_KERNEL_ERRNO = 512;

const noLabels: PageLabels = () => undefined;

/** A message as the harness writes it: of two page offsets it reads the first. */
function harnessText(message: string): string {
  return message.replace(/ \(file\) [0-9a-f]+ \(anon\)$/, '');
}

/** What `->mmap` makes of its driver call's return value. */
function preError(pre: Op, ret: number): string | undefined {
  if (pre.name.startsWith('insert_pfn') || pre.name.startsWith('insert_mixed')) {
    return (ret & VM_FAULT_ERROR) !== 0 ? 'EFAULT' : undefined;
  }
  return ret < 0 ? errnoName(ret) : undefined;
}
