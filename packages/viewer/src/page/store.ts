// SPDX-License-Identifier: GPL-2.0-or-later
/** What the page knows: what is open, where it stands, and what was last heard from the engine. */
import { batch, computed, signal } from '@preact/signals';
import type { Problem } from '@specialbit/view/writing';
import type {
  Choices,
  DecodedView,
  EventRow,
  MomentView,
  Opened,
  Parting,
  PastView,
  SelectionView,
  Stop,
} from '../protocol.js';
import type { SeenOnKernel } from '../share/seen.js';
import { EMPTY, type Switches, type ViewState } from '../share/view-state.js';

/** A log that comes with the page. */
export interface Example {
  readonly group: 'examples' | 'gallery';
  readonly name: string;
  readonly title?: string;
  readonly log: string;
  readonly story: readonly string[];
  readonly lanes?: readonly string[];
}

export const file = signal('');
export const logText = signal('');
/** The log is so long that its text is with the engine alone; `logText` is empty. */
export const held = signal(false);
export const laneNames = signal<readonly string[] | null>(null);
/** The moment that is wanted; `moment` is the last that came. */
export const at = signal(0);
/** It takes so long to come that one must see what was wanted. */
export const late = signal(false);
/** What somebody chose to look at; null: what the moment suggests. */
export const chosen = signal<string | null>(null);
export const suggested = signal<string | null>(null);
export const switches = signal<Switches>(EMPTY.switches);

/** What is decoded, instead of a log; null: nothing is. */
export const decoding = signal<string | null>(null);
export const level = signal<string | null>(null);
/** What real kernels did with the log's events. */
export const seen = signal<readonly SeenOnKernel[]>([]);
export const decoded = signal<DecodedView | null>(null);
/** What was read of a recording, and what was left out. */
export const told = signal<readonly string[]>([]);
/** Files are being read. */
export const reading = signal(false);

export const choices = signal<Choices | null>(null);
export const opened = signal<Opened | null>(null);
/** Why nothing is open, or what was asked for could not be done. */
export const problem = signal<Problem | null>(null);
export const moment = signal<MomentView | null>(null);
/** Why lanes part at a moment: found later than the moment itself. */
export const partings = signal<{ readonly n: number; readonly list: readonly Parting[] } | null>(null);
export const selection = signal<SelectionView | null>(null);
/** How what is selected came to be as it is: found later too. */
export const past = signal<PastView | null>(null);
/** The first VMA that is wanted, of more than are shown. */
export const firstVma = signal<number | null>(null);

/** Marks of events, from event 1 on, and how far they are known. */
export const marks = signal(new Uint8Array());
export const covered = signal(0);
export const parting = signal(0);
export const verdict = signal('');
/** The event that no lane can carry out: nothing behind it is reached. */
export const stop = signal<Stop | null>(null);

/** The log as its file has it, where a server tells; and what of it was last taken, or left, by somebody's choice. */
export const fileLog = signal<string | null>(null);
export const settled = signal<string | null>(null);

/** What the address holds is being opened: until then nothing is seen. */
export const booting = signal(true);
export const playing = signal(false);
/** Somebody switched the editor on: the keyboard is its. */
export const writing = signal(false);
/** What is open beside the lanes. */
export const panel = signal<'lanes' | 'share' | 'help' | null>(null);
export const examples = signal<readonly Example[]>([]);
/** Said once, and then no more: that something was copied. */
export const said = signal('');
/** Rows of the event list, by their number. */
export const rows = signal<ReadonlyMap<number, EventRow>>(new Map());

/** Where we stand, as it is drawn: at the moment that is seen, so that all of the page changes at once. */
export const here = computed(() => (late.value ? at.value : (moment.value?.n ?? at.value)));
export const subject = computed(() => chosen.value ?? suggested.value);
export const length = computed(() => opened.value?.events ?? 0);
/** The last moment that there is. */
export const reach = computed(() => (stop.value === null ? length.value : stop.value.number - 1));
/** All that is wrong: with what was asked for, with lines, with the event that no lane can carry out. */
export const problems = computed<readonly Problem[]>(() => [
  ...(problem.value === null ? [] : [problem.value]),
  ...(opened.value?.problems ?? []),
  ...(stop.value === null ? [] : [stop.value.problem]),
]);
/** The file has another log than the one that is seen, and nobody has said which of them counts. */
export const conflict = computed(
  () => fileLog.value !== null && fileLog.value !== logText.value && fileLog.value !== settled.value,
);

/** All that a link keeps. */
export const viewState = computed<ViewState>(() => ({
  file: file.value,
  log: logText.value,
  lanes: laneNames.value,
  at: opened.value === null ? null : at.value,
  select: chosen.value,
  switches: switches.value,
  decode: decoding.value,
  level: level.value,
  seen: seen.value,
}));

/** Nothing is open: neither a log nor something that is decoded. */
export const idle = computed(() => logText.value === '' && !held.value && decoding.value === null);

/** Forgets what belongs to the log that was open. */
export function forget(): void {
  batch(() => {
    opened.value = null;
    held.value = false;
    decoding.value = null;
    level.value = null;
    seen.value = [];
    decoded.value = null;
    told.value = [];
    moment.value = null;
    partings.value = null;
    selection.value = null;
    past.value = null;
    stop.value = null;
    suggested.value = null;
    firstVma.value = null;
    marks.value = new Uint8Array();
    covered.value = 0;
    parting.value = 0;
    verdict.value = '';
    rows.value = new Map();
    playing.value = false;
  });
}
