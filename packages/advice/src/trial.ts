// SPDX-License-Identifier: GPL-2.0-or-later
/** Plays the lines of a suite on one lane, and reads off outcomes and the world what came of it. */
import {
  createWorld,
  errnoName,
  explainOutcome,
  flagNames,
  judge,
  kernelOptions,
  type LaneOptions,
  LogReferenceError,
  type NamedLane,
  type Outcome,
  Player,
  type PteView,
  type World,
} from '@specialbit/core';
import {
  describeEntry,
  describeFrame,
  entryAt,
  type Kernel,
  type KernelOptions,
  type Vma,
  vmFlags,
} from '@specialbit/core/kernel';
import { decodeEvent, type Expect, type LogEvent } from '@specialbit/events';
import { eventText, pteBits } from '@specialbit/view';
import type { Line, Must } from './line.js';
import type { Json } from './scene.js';
import { SEVERITY, type Verdict, WORKS } from './verdict.js';

const UNDUMPED = vmFlags.VM_IO | vmFlags.VM_DONTDUMP;

/** What lanes start from: it is made once for each. */
export class Starts {
  private readonly made = new WeakMap<LaneOptions, { readonly options: KernelOptions; readonly world: World }>();

  of(lane: LaneOptions): { readonly options: KernelOptions; readonly world: World } {
    let start = this.made.get(lane);
    if (start === undefined) {
      start = { options: kernelOptions(lane), world: createWorld(lane) };
      this.made.set(lane, start);
    }
    return start;
  }
}

/** What happened on one lane. */
export interface Trial {
  /** `arm@7.3`: the lane as a log names it, whatever the newest kernel is. */
  readonly lane: string;
  readonly verdict: Verdict;
  /** Behind each line what was found there, as members of an `expect`; none where there is nothing to say. */
  readonly found: readonly (Json | undefined)[];
  /** Events that were not played, since what they name is not there: as lines. */
  readonly skipped: readonly string[];
}

/** A line with its event decoded: once for all lanes. */
export interface Read {
  readonly line: Line;
  readonly event: LogEvent | undefined;
}

export function readLines(lines: readonly Line[]): Read[] {
  return lines.map((line) => ({
    line,
    event:
      line.kind === 'must'
        ? undefined
        : decodeEvent(line.kind === 'event' ? line.json : { type: 'expect', ...line.json }),
  }));
}

/** `frames`: labels of the driver's frames, whose counts have to be in the end what they were. */
export function playLines(
  { name, options: lane }: NamedLane,
  lines: readonly Read[],
  frames: readonly string[],
  starts: Starts,
): Trial {
  const { options, world } = starts.of(lane);
  const pinned = /[@:]/.test(name) ? name : `${options.arch.name}@${options.profile.name.replace(/^linux-/, '')}`;
  const run = new TrialRun(pinned, new Player(options, world), frames);
  for (const line of lines) run.step(line);
  return run.end();
}

class TrialRun {
  private readonly outcomes: (Outcome | null)[] = [];
  private readonly record = { last: 0, of: (number: number): Outcome | null => this.outcomes[number - 1] ?? null };
  private readonly found: (Json | undefined)[] = [];
  private readonly counts: ReadonlyMap<string, number>;
  /** The highest count of each frame so far. */
  private readonly peaks = new Map<string, number>();
  private readonly skipped: string[] = [];
  private number = 0;
  private verdict: Verdict = WORKS;
  /** Nothing that follows says anything any more. */
  private over = false;
  private outcome: Outcome | null = null;
  private event: LogEvent | undefined;

  constructor(
    private readonly lane: string,
    private readonly player: Player,
    private readonly frames: readonly string[],
  ) {
    this.counts = this.countsNow();
  }

  private get k(): Kernel {
    return this.player.kernel;
  }

  step({ line, event }: Read): void {
    if (line.kind === 'must') this.found.push(this.over ? undefined : this.must(line.must, line.at, line.wanted));
    else if (line.kind === 'expect')
      this.found.push(this.over ? undefined : this.expect(event as Expect, line.json, line.wanted));
    else this.found.push(this.play(event!));
  }

  private play(event: LogEvent): Json | undefined {
    this.number++;
    try {
      this.outcome = this.player.step(event);
    } catch (error) {
      if (!(error instanceof LogReferenceError)) throw error;
      this.player.skip();
      this.outcome = null;
      this.skipped.push(eventText(event));
    }
    this.event = event;
    this.outcomes.push(this.outcome);
    this.record.last = this.number;
    for (const [label, count] of this.countsNow()) this.peaks.set(label, Math.max(count, this.peaks.get(label) ?? 0));
    const { outcome } = this;
    if (outcome === null || this.over) return undefined;
    if (outcome.crash !== null) {
      const { kind, what, where } = outcome.crash;
      this.note('dies', `${kind} in ${where}(): ${what}`, '');
      this.over = true;
      return { crash: what };
    }
    const messages = outcome.messages.filter(({ kind }) => kind !== 'memory type');
    if (messages.length === 0) return undefined;
    const texts = [...new Set(messages.map(({ text }) => shortMessage(text)))];
    this.note('reports', texts.join('; '), '');
    return { messages: texts };
  }

  private expect(event: Expect, json: Json, wanted: string): Json | undefined {
    const [finding] = judge(event, [{ name: this.lane, kernel: this.k, outcomes: this.record }]).against;
    if (finding === undefined) return json;
    const found: Record<string, unknown> = { ...json };
    const texts: string[] = [];
    for (const { member, expected, found: is } of finding.unmet) {
      const said = asMember(member, expected, is);
      const { [memberOf(member)]: _, ...rest } = found;
      for (const key of Object.keys(found)) delete found[key];
      Object.assign(found, rest, said);
      texts.push(unmetText(member, expected, is));
    }
    const { outcome } = this;
    // access_process_vm() and gup_fast return 0 for what they do not get, and say why
    const nothing = outcome?.ret === 0 && outcome.reasons.length > 0 && texts.some((text) => text === 'returns 0');
    const failed = outcome !== null && (outcome.ret < 0 || outcome.signal !== null || nothing);
    // what follows a mapping that was not made says nothing
    if (failed && (this.event?.type === 'mmap' || this.event?.type === 'mmap.end')) this.over = true;
    if (failed) {
      this.note('refused', nothing ? 'returns 0' : failureText(outcome), wanted);
      const reason = outcome.reasons.at(-1);
      return { ...returned(outcome), ...(reason === undefined ? {} : { reason }) };
    }
    this.note('wrong', texts.join(', '), wanted);
    return found;
  }

  private must(what: Must, at: string, wanted: string): Json | undefined {
    const { outcome } = this;
    switch (what) {
      case 'refuse': {
        if (outcome === null) return undefined;
        if (outcome.ret < 0 || outcome.signal !== null) return returned(outcome);
        this.note('wrong', 'it succeeds', wanted);
        return returned(outcome);
      }
      case 'notify': {
        if (outcome === null) return undefined;
        const [, pfn_mkwrite, page_mkwrite] = outcome.calls;
        if (pfn_mkwrite + page_mkwrite === 0) this.note('wrong', 'no handler is called', wanted);
        return { calls: { pfn_mkwrite, page_mkwrite } };
      }
      case 'flags-kept': {
        if (outcome === null) return undefined;
        const [change] = outcome.changes;
        if (change !== undefined)
          this.note('wrong', `it sets ${flagNames(change.set)}, which wants the mmap lock for writing`, wanted);
        return outcome.ret < 0 ? returned(outcome) : {};
      }
      case 'undumped': {
        // vma_dump_size() (fs/coredump.c) asks for either
        const flags = (this.vmaOf(at)?.vm_flags ?? 0) & UNDUMPED;
        if (flags === 0) this.note('wrong', `it has neither ${flagNames(UNDUMPED).replace('|', ' nor ')}`, wanted);
        return flags === 0 ? { at, no_vm_flags: flagNames(UNDUMPED) } : { at, vm_flags: flagNames(flags) };
      }
      case 'uncounted': {
        const pfn = this.viewOf(at)?.pfn ?? -1;
        const frame = pfn < 0 ? undefined : describeFrame(this.k, pfn);
        if (frame?.valid !== true) return {};
        if (frame.mapcount > 0) this.note('wrong', `${frame.label} is counted`, wanted);
        return { at, mapcount: frame.mapcount };
      }
      case 'rss': {
        const rss = this.k.mms.get(0)?.rss ?? [];
        const counted = (rss[0] ?? 0) + (rss[3] ?? 0);
        if (counted === 0) this.note('wrong', 'nothing is counted', wanted);
        return { rss: { MM_FILEPAGES: rss[0] ?? 0, MM_SHMEMPAGES: rss[3] ?? 0 } };
      }
      default: {
        const bits = this.bits(at);
        const stays = bits !== undefined;
        if (stays) this.note('wrong', 'it is mapped', wanted);
        return { at, pte: bits ?? 'none' };
      }
    }
  }

  private vmaOf(label: string): Vma | undefined {
    const mm = this.k.mms.get(0);
    const vpn = mm?.startOf(label);
    return vpn === undefined ? undefined : mm?.vma_lookup(vpn);
  }

  /** The letters of the entry that maps a page; undefined for none, and where there is no such mapping. */
  private bits(label: string): string | undefined {
    const view = this.viewOf(label);
    return view === undefined || view.kind === 'none' ? undefined : pteBits(view);
  }

  private viewOf(label: string): PteView | undefined {
    const mm = this.k.mms.get(0);
    const vpn = mm?.startOf(label);
    if (mm === undefined || vpn === undefined) return undefined;
    const { level, first, raw } = entryAt(this.k, mm, vpn);
    return describeEntry(this.k, mm.vma_lookup(vpn), first, level, raw);
  }

  /** The counts of the driver's frames when all is over. */
  end(): Trial {
    const found = [...this.found];
    if (!this.over) found.push(this.balance());
    return { lane: this.lane, verdict: this.verdict, found, skipped: this.skipped };
  }

  private balance(): Json | undefined {
    for (const [label, count] of this.countsNow()) {
      const start = this.counts.get(label)!;
      const more = count - start;
      if (more > 0)
        this.note('leaks', `${label} keeps ${more} reference${more === 1 ? '' : 's'}`, 'no reference stays');
      else if (more < 0)
        this.note('freed', `${label} loses ${-more} reference${more === -1 ? '' : 's'}`, "the driver's stays");
      else if (start === 0 && this.peaks.get(label)! > 0)
        this.note(
          'freed',
          `the last put_page() of ${label}, which has no reference of its own, frees it`,
          'nothing is freed',
        );
      else continue;
      return { frame: label, count };
    }
    return undefined;
  }

  private countsNow(): Map<string, number> {
    return new Map(
      this.frames.flatMap((label) => {
        const view = describeFrame(this.k, pfnOf(this.k, label));
        return view.valid ? [[label, view.count] as const] : [];
      }),
    );
  }

  /** The worst of what came out counts, and of what is as bad the first. */
  private note(kind: Verdict['kind'], found: string, wanted: string): void {
    if (SEVERITY.indexOf(kind) <= SEVERITY.indexOf(this.verdict.kind)) return;
    const { outcome, event } = this;
    const explained = outcome === null ? undefined : explainOutcome(this.k, outcome);
    const reasons =
      kind === 'reports'
        ? (explained?.messages ?? []).map(({ reason }) => reason)
        : kind === 'leaks' || kind === 'freed'
          ? []
          : (explained?.reasons ?? []);
    this.verdict = { kind, found, wanted, event: event === undefined ? '' : eventText(event), reasons };
  }
}

function pfnOf(k: Kernel, label: string): number {
  const [name, offset] = label.split('+') as [string, string?];
  return k.machine.spec.frames[name]! + Number(offset ?? 0);
}

/** `-EFAULT`, `SIGBUS`. */
function failureText({ ret, signal }: Outcome): string {
  return signal ?? `-${errnoName(ret) ?? -ret}`;
}

function returned(outcome: Outcome): Json {
  if (outcome.signal !== null) return { signal: outcome.signal };
  return { ret: outcome.ret < 0 ? failureText(outcome) : outcome.mapped >= 0 ? 'mapped' : outcome.ret };
}

/** Without the numbers that differ from lane to lane. */
function shortMessage(text: string): string {
  return text
    .replace(/ {2}\w+:.*$/, '')
    .replace(/ pte:.*$/, '')
    .replace(/ mm:.*$/, '');
}

const memberOf = (member: string): string => member.split('.')[0]!;

/** What an unmet member found, as an `expect` would have it; nothing where it has no words for it. */
function asMember(member: string, expected: string, found: string): Record<string, unknown> {
  switch (member) {
    case 'ret':
      return /^-?\d+$/.test(found) || found.startsWith('-E') || found === 'mapped' ? { ret: numeric(found) } : {};
    case 'signal':
    case 'maps':
    case 'pte':
    case 'normal':
    case 'level':
      return { [member]: found };
    case 'vma':
      return { vma: found === 'a VMA' };
    case 'count':
    case 'mapcount':
      return /^\d+$/.test(found) ? { [member]: Number(found) } : {};
    case 'no_vm_flags':
      return { vm_flags: common(expected.replace('none of ', ''), found) };
    case 'vm_flags':
      return { no_vm_flags: missing(expected, found) };
    default:
      return {};
  }
}

const numeric = (text: string): unknown => (/^-?\d+$/.test(text) ? Number(text) : text);
const flagsOf = (text: string): string[] => text.split(/[| ]/);
const common = (a: string, b: string): string =>
  flagsOf(a)
    .filter((flag) => flagsOf(b).includes(flag))
    .join('|');
const missing = (a: string, b: string): string =>
  flagsOf(a)
    .filter((flag) => !flagsOf(b).includes(flag))
    .join('|');

function unmetText(member: string, expected: string, found: string): string {
  switch (member) {
    case 'maps':
      return `it maps ${found}${found === 'none' ? '' : `, not ${expected}`}`;
    case 'no_vm_flags':
      return `it has ${common(expected.replace('none of ', ''), found)}`;
    case 'vm_flags':
      return `it has no ${missing(expected, found)}`;
    case 'pte':
      return found === 'none' ? 'nothing is mapped' : 'the entry stays';
    case 'vma':
      return found === 'a VMA' ? 'there is a VMA' : 'there is no VMA';
    case 'level':
      return `a ${found.toUpperCase()} maps it`;
    case 'signal':
      return found === 'none' ? 'no signal' : found;
    case 'ret':
      return `returns ${found}`;
    default:
      return `${member} ${found}`;
  }
}
