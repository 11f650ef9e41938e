// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the page asks the engine, and what it is told. The page holds a cursor and a window of events; everything else
 * stays with the engine. All of it can be cloned from one thread to another.
 */
import type { BranchView } from '@specialbit/core/kernel';
import type { BitField, CellKind, WalkLevel } from '@specialbit/view';
import type { LogWords, Problem } from '@specialbit/view/writing';

/** An architecture or kernel that a lane can be made of. */
export interface LaneChoice {
  readonly name: string;
  readonly title: string;
  readonly aliases: readonly string[];
  /** Of an architecture: its PTEs have the special bit. */
  readonly special: boolean;
}

export interface Choices {
  readonly architectures: readonly LaneChoice[];
  /** By their short names, `6.12`, the default first. */
  readonly kernels: readonly string[];
  /** What each kind of cell is called, and its letter. */
  readonly kinds: Readonly<Record<CellKind, { readonly sign: string; readonly text: string }>>;
}

export interface LaneInfo {
  /** `arm`, `arm@6.1`. */
  readonly name: string;
  readonly title: string;
  readonly kernel: string;
  /** PTEs have the special bit. */
  readonly special: boolean;
}

export interface Opened {
  readonly title: string | null;
  readonly description: readonly string[];
  readonly lanes: readonly LaneInfo[];
  /** The lanes that the log itself names, else those that are taken for it. */
  readonly ownLanes: readonly string[];
  /** The log itself names lanes. */
  readonly namesLanes: boolean;
  readonly events: number;
  /** Where the log could not be read; it is played up to there. */
  readonly problems: readonly Problem[];
  /** Lines from the first that could not be read on: nothing of them is reached. */
  readonly unread: number;
}

export interface EventRow {
  readonly number: number;
  readonly line: number;
  readonly text: string;
  readonly type: string;
  /** What it returned; where lanes return different things, that of each. */
  readonly returned: readonly string[];
  readonly failed: boolean;
}

/** Bits of `Survey.marks`, one byte an event. */
export const MARK = { parts: 1, complains: 2, fails: 4, dies: 8, unmet: 16 } as const;

/** How far the log was played ahead, and what was met there. */
export interface Survey {
  readonly covered: number;
  readonly total: number;
  /** From event `from` (counted from 1) on, `MARK`s. */
  readonly from: number;
  readonly marks: Uint8Array;
  readonly parting: number;
  /** What a comparison says of all events so far. */
  readonly verdict: string;
  /** The event that no lane can carry out, and why: what stands behind it is not reached. */
  readonly stop: Stop | null;
}

export interface Stop {
  readonly number: number;
  readonly problem: Problem;
}

/** Entries of a VMA in the order of their pages; where nothing is mapped, one for each run of pages. */
export interface Cells {
  /** The page of the VMA at which each begins, and how many pages it takes. */
  readonly page: Uint32Array;
  readonly pages: Uint32Array;
  /** Indices of `KINDS`. */
  readonly kind: Uint8Array;
  /** page_count() of the frame; -1 where there is none. */
  readonly count: Int32Array;
  /** `CELL`s. */
  readonly bits: Uint8Array;
  /** Frames by name; absent where there are too many cells to write in. */
  readonly frames?: readonly string[];
  /** Cells beyond those that are here. */
  readonly more: number;
}

/** The order of kinds in `Cells.kind`. */
export const KINDS = [
  'none',
  'page',
  'special',
  'rule',
  'zero',
  'bad',
  'swap',
  'stray',
] as const satisfies readonly CellKind[];
/** Bits of `Cells.bits`. */
export const CELL = { write: 1, dirty: 2, young: 4, special: 8, changed: 16, differs: 32, huge: 64 } as const;

export interface VmaCells {
  readonly mm: number;
  /** The same in every lane: its label, else its place among the others. */
  readonly key: string;
  readonly label: string | null;
  readonly start: string;
  readonly end: string;
  readonly pages: number;
  readonly letters: string;
  /** Flags that the letters do not say. */
  readonly flags: readonly string[];
  readonly file: string | null;
  readonly vm_pgoff: string;
  readonly open: boolean;
  readonly differs: boolean;
  readonly cells: Cells;
}

export interface FrameRow {
  readonly label: string;
  readonly pfn: string;
  readonly valid: boolean;
  readonly count: number;
  readonly mapcount: number;
  readonly flags: readonly string[];
  readonly leaked: boolean;
  readonly changed: boolean;
  readonly differs: boolean;
}

export interface Counter {
  readonly mm: number;
  readonly name: string;
  readonly value: number;
  readonly changed: boolean;
  readonly differs: boolean;
}

export interface LaneMoment {
  /** Lanes, by index, that show the same; the first one is drawn. */
  readonly lanes: readonly number[];
  readonly returned: string;
  readonly failed: boolean;
  /** What else the event did, and why, a line each. */
  readonly notes: readonly string[];
  readonly vmas: readonly VmaCells[];
  /** Of how many VMAs `vmas` begins with which, from 0. */
  readonly firstVma: number;
  readonly totalVmas: number;
  readonly frames: readonly FrameRow[];
  readonly moreFrames: number;
  readonly counters: readonly Counter[];
}

/** How lanes part at an event, in the words of `compare`. */
export interface Parting {
  readonly headline: string;
  readonly cause: string;
  readonly proof: string;
  readonly rows: readonly { readonly what: string; readonly values: readonly string[] }[];
}

/** How an expectation turned out. */
export interface Expected {
  readonly holds: boolean;
  /** `holds`, `does not hold`, `about no lane here`. */
  readonly word: string;
  /** What is not so, one for each member of each lane. */
  readonly texts: readonly string[];
}

export interface MomentView {
  readonly n: number;
  /** The event that led here; null before the first. */
  readonly event: EventRow | null;
  /** Where that is an expectation. */
  readonly expected: Expected | null;
  /** How the lanes part at it, in a few words; null where they do not, or it is not known yet. */
  readonly parting: string | null;
  readonly lanes: readonly LaneMoment[];
}

/** One question of vm_normal_page() as a lane answered it. */
export interface PathNode {
  readonly id: string;
  readonly question: string;
  readonly answer: boolean;
  readonly because: string;
  /** Where the other answer leads. */
  readonly other: BranchView;
}

/** What a set bit of an entry says, as far as all architectures have it. */
export type Role = 'present' | 'write' | 'dirty' | 'young' | 'special';

export interface HistoryRow {
  readonly number: number;
  readonly text: string;
  readonly before: string;
  readonly after: string;
}

export interface LaneSelection {
  /** As in `LaneMoment.lanes`. */
  readonly lanes: readonly number[];
  /** The answer in one line; of a frame, what it is. */
  readonly verdict: string;
  readonly kind: CellKind | null;
  readonly facts: readonly (readonly [string, string])[];
  /** `vm_normal_page (mm/memory.c)`; null where nobody asks. */
  readonly where: string | null;
  readonly path: readonly PathNode[];
  readonly width: number;
  readonly raw: string;
  readonly bits: readonly BitField[];
  /** What the entry is, whichever bits say so. */
  readonly roles: readonly Role[];
  readonly walk: readonly WalkLevel[];
  readonly holders: readonly HolderRow[];
}

export interface HolderRow {
  readonly refs: number;
  readonly text: string;
  readonly jump: string | null;
}

/** How something came to be as it is: found later than what it is. */
export interface LanePast {
  /** As in `LaneMoment.lanes`. */
  readonly lanes: readonly number[];
  /** Of each holder, in the order of `LaneSelection.holders`: the event since which it is so, 0: from before the log. */
  readonly since: readonly (number | null)[];
  readonly history: readonly HistoryRow[];
  readonly moreHistory: boolean;
}

export interface PastView {
  readonly n: number;
  readonly subject: string;
  readonly lanes: readonly LanePast[];
}

export interface SelectionView {
  readonly subject: string;
  readonly n: number;
  readonly kind: 'page' | 'frame';
  /** Empty where no lane has it at that moment. */
  readonly lanes: readonly LaneSelection[];
  /** Why no lane has it. */
  readonly absent: string | null;
}

/** A moment with what is selected at it: they are shown together. */
export interface Seen {
  readonly moment: MomentView;
  /** Those that were asked for. */
  readonly rows: readonly EventRow[];
  /** The first page that says something: that of which lanes part, or that the event changed. */
  readonly suggested: string | null;
  readonly selection: SelectionView | null;
}

/** A file, or a text that was pasted; its name is for messages. */
export interface Given {
  readonly name: string;
  readonly data: Blob | string;
}

/** What files were: a log to be opened, made of a recording where `told` says so, or a text to be decoded. */
export interface Received {
  readonly kind: 'log' | 'decode';
  readonly name: string;
  /** Null: a log that is so long that it stays with the engine, to be opened from there. */
  readonly text: string | null;
  /** What was read of a recording, what was left out, and what was chosen. */
  readonly told: readonly string[];
  /** Where a recording is looked at: behind all that makes a state; null: where any log would be. */
  readonly at: number | null;
}

/** Levels of the page table at which a raw value can be decoded. */
export type DecodeLevel = 'pte' | 'pmd' | 'pud' | 'p4d' | 'pgd';

/** An entry out of a text, as one architecture reads it. */
export interface DecodedEntryView {
  readonly lane: string;
  readonly title: string;
  /** `a page, pfn 0x8000, at 0x8000000, special`. */
  readonly summary: string;
  /** The kernel's questions: those with yes, those with no. */
  readonly yes: readonly string[];
  readonly no: readonly string[];
  readonly width: number;
  readonly raw: string;
  readonly bits: readonly BitField[];
}

export interface DecodedView {
  /** Values, which any architectures can read; else reports and listings, which say of which they are. */
  readonly values: boolean;
  readonly entries: readonly DecodedEntryView[];
  /** What the command prints. */
  readonly text: string;
  /** The command. */
  readonly command: string;
  /** What of it could not be decoded. */
  readonly undecided: string | null;
  /** It has entries that can be placed, and so be played as a log. */
  readonly playable: boolean;
}

/** What can be copied: what the command would print for what is seen. */
export type TwinOf = 'replay' | 'compare' | 'explain' | 'state' | 'blame';

export interface Calls {
  choices(): Choices;
  /**
   * `lanes` null: the log's own. `text` null: that of what was read, where that stays with the engine, else of what is open.
   * Throws where not even the header can be read.
   */
  open(asked: {
    readonly file: string;
    readonly text: string | null;
    readonly lanes: readonly string[] | null;
  }): Opened;
  /** That of the log that is open. */
  text(): string;
  events(asked: { readonly from: number; readonly to: number }): readonly EventRow[];
  /** The moment to begin with, when nobody says which. `from`: of a recording, the last up to there that shows something. */
  opening(asked: { readonly from: number | null }): number;
  /**
   * A moment, and what is selected at it. `vma`: the first that is wanted; null: so that what the event changed is among
   * them. `chosen`: what somebody selected; where that is null the page that is suggested is, else `before`. `rows`: the
   * first and the last row that the list of events does not have.
   */
  look(asked: {
    readonly n: number;
    readonly alike: boolean;
    readonly vma: number | null;
    readonly chosen: string | null;
    readonly before: string | null;
    readonly rows: readonly [from: number, to: number] | null;
  }): Seen;
  /** How lanes part at event n; looks for causes, which may take long. */
  partings(asked: { readonly n: number }): readonly Parting[];
  /** How what is selected came to be as it is; may take long. */
  past(asked: { readonly n: number; readonly subject: string; readonly alike: boolean }): PastView;
  /** The nearest event behind (before) n that does it; null where none does. */
  next(asked: {
    readonly n: number;
    readonly direction: 'forward' | 'backward';
    /** `touch`: looks at or writes what `condition` names. */
    readonly to: 'parting' | 'complaint' | 'condition' | 'touch';
    /** As in `step`: `ring[2] present`, `ring[2] changed`, `fork`. */
    readonly condition?: string;
  }): number | null;
  twin(asked: { readonly n: number; readonly of: TwinOf; readonly subject?: string }): string;
  picture(asked: { readonly n: number }): string;
  /** What can be written into the log that is open. */
  words(): LogWords;
  /** What the event of a line did, a line for each lane; empty where there is none. */
  did(asked: { readonly line: number }): readonly string[];
  /** Whatever files are: detection as in the command. `play`: reports as a log, too. Throws where nothing takes them. */
  read(asked: { readonly files: readonly Given[]; readonly play: boolean }): Received;
  /** `lanes`: architectures for values, or of a report that does not say its own. */
  decode(asked: {
    readonly text: string;
    readonly lanes: readonly string[] | null;
    readonly level: DecodeLevel;
  }): DecodedView;
}

export type CallName = keyof Calls;

export type Request = { readonly id: number; readonly call: CallName; readonly asked: unknown };
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly problem: Problem }
  | { readonly survey: Survey };
