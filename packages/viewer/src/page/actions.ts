// SPDX-License-Identifier: GPL-2.0-or-later
/** What a user can do. */
import { batch } from '@preact/signals';
import type { LogWords } from '@specialbit/view/writing';
import type { DecodeLevel, EventRow, Given, Seen, Survey, TwinOf } from '../protocol.js';
import { DECODED_ON, EMPTY, type Switches, type ViewState } from '../share/view-state.js';
import { type EngineClient, EngineError } from './engine-client.js';
import { Journey, type Way } from './journey.js';
import * as store from './store.js';
import { painted } from './timing.js';
import { visible } from './visible.js';

/** Milliseconds that a log that was opened is not shown yet, so that it comes with why its lanes part. */
const TOGETHER = 400;
/** Rows of the list of events that come with a moment. */
const ABOVE = 28;
const BELOW = 46;
/** Rows that are kept. */
const ROWS = 4000;
/** Milliseconds after which one sees where one wanted to be, whatever is still to come. */
const LATE = 120;

let engine: EngineClient;
export function connect(client: EngineClient): void {
  engine = client;
}

/** What Back leads to. */
export const journey = new Journey();
const went = (way: Way): void => journey.go(way, performance.now());

/** What is known of a log that is not shown yet. */
let ahead: { readonly marks: Uint8Array<ArrayBuffer>; last: Survey | null } | null = null;

export function onSurvey(survey: Survey): void {
  if (ahead !== null) {
    const { marks, from } = survey;
    ahead.marks.set(marks.subarray(0, Math.max(0, ahead.marks.length - from + 1)), from - 1);
    ahead.last = survey;
    return;
  }
  const { covered, from, marks, parting, verdict, stop } = survey;
  batch(() => {
    const all = store.marks.value;
    all.set(marks.subarray(0, Math.max(0, all.length - from + 1)), from - 1);
    store.covered.value = covered;
    store.parting.value = parting;
    store.verdict.value = verdict;
    if (stop?.number !== store.stop.value?.number) store.stop.value = stop;
  });
  if (store.opened.value !== null && store.at.value > store.reach.value) void go(store.reach.value);
}

function failed(error: unknown): void {
  store.late.value = false;
  if (!(error instanceof EngineError)) throw error;
  // asked of a log that had more events, and answered when an edit had made it shorter
  if (error.problem.code === 'api.event' || error.problem.code === 'api.moment') return;
  store.problem.value = error.problem;
}

const NO_MARKS = new Uint8Array();

/** Which log is open: what comes of another one is not shown. */
let edition = 0;

/**
 * Opens a log, and goes to where it is looked at. What was seen before stays until there is something to be seen. `told`:
 * what became of the recording that the log was made of. `held`: the engine has its text. `from`: the
 * moment, or one before it, at which a recording is looked at.
 */
export async function open(
  state: ViewState,
  told: readonly string[] = [],
  held = false,
  from: number | null = null,
): Promise<void> {
  const mine = ++edition;
  went('jump');
  const begin = (): void => {
    store.forget();
    store.problem.value = null;
    store.file.value = state.file;
    store.logText.value = state.log;
    store.held.value = held;
    store.laneNames.value = state.lanes;
    store.chosen.value = state.select;
    store.switches.value = state.switches;
    store.told.value = told;
    store.decoding.value = state.decode;
    store.level.value = state.level;
    store.seen.value = state.seen;
  };
  if (state.decode !== null) {
    batch(begin);
    return decode();
  }
  if (state.log === '' && !held && !state.switches.edit) {
    batch(begin);
    return;
  }
  const { value: before } = store.logText;
  try {
    const opened = await engine.call('open', {
      file: state.file || '<log>',
      text: held ? null : state.log,
      lanes: state.lanes,
    });
    const surveyed = { marks: new Uint8Array(opened.events), last: null as Survey | null };
    ahead = surveyed;
    const wanted = state.at ?? (await engine.call('opening', { from }));
    const at = Math.max(0, Math.min(wanted, opened.events));
    const rows: [number, number] = [Math.max(1, at - ABOVE), Math.min(at + BELOW, opened.events)];
    const seen = await look(at, state.select, null, state.switches.alike, rows[0] > rows[1] ? null : rows);
    const quiet = at === 0 || opened.lanes.length < 2 || seen.moment.event?.type === 'expect';
    const partings = quiet ? [] : await soon(engine.call('partings', { n: at }));
    if (mine !== edition) return;
    ahead = null;
    batch(() => {
      begin();
      store.opened.value = opened;
      store.marks.value = surveyed.marks;
      store.at.value = at;
      put(seen);
      if (partings !== undefined) store.partings.value = { n: at, list: partings ?? [] };
      if (surveyed.last !== null) onSurvey({ ...surveyed.last, marks: NO_MARKS });
    });
    // a list of examples was scrolled; of a log the beginning says what it is about
    if (held || state.log !== before) scrollTo(0, 0);
    void later(at);
    if (wanted > opened.events) say(`${reachText()}; the link is of event ${wanted}`);
  } catch (error) {
    if (mine !== edition) return;
    ahead = null;
    batch(() => {
      begin();
      failed(error);
    });
  }
}

/** Nothing is open any more. */
export function close(): void {
  edition++;
  ahead = null;
  went('jump');
  batch(() => {
    store.forget();
    store.logText.value = '';
    store.file.value = '';
    store.laneNames.value = null;
    store.chosen.value = null;
    store.problem.value = null;
    store.switches.value = { ...store.switches.value, edit: false };
  });
}

/** What an address holds: of the log that is open only another moment, or another log. */
export async function restore(state: ViewState): Promise<void> {
  const now = store.viewState.value;
  const lanes = (of: ViewState): string => of.lanes?.join() ?? '';
  if (
    now.at === null ||
    store.held.value ||
    state.log !== now.log ||
    state.file !== now.file ||
    lanes(state) !== lanes(now)
  ) {
    await open(state);
    return;
  }
  batch(() => {
    store.chosen.value = state.select;
    store.switches.value = state.switches;
    store.at.value = Math.min(state.at ?? now.at!, store.reach.value);
    store.firstVma.value = null;
  });
  await refresh();
}

/** A promise, and undefined where it takes too long to wait for. */
function soon<T>(promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), TOGETHER))]);
}

/** The log is another one: what stands before the change is not played again, and we stay where we are. */
export async function edit(text: string): Promise<void> {
  const mine = ++edition;
  const start = performance.now();
  went('edit');
  // no kernel has seen this one
  if (text !== store.logText.value) store.seen.value = [];
  store.logText.value = text;
  try {
    const { file, lanes } = store.viewState.value;
    const opened = await engine.call('open', { file: file || '<log>', text, lanes });
    if (mine !== edition) return;
    ahead = null;
    batch(() => {
      store.problem.value = null;
      store.opened.value = opened;
      store.marks.value = new Uint8Array(opened.events);
      store.covered.value = 0;
      store.parting.value = 0;
      store.stop.value = null;
      store.rows.value = new Map();
      store.partings.value = null;
      store.past.value = null;
      store.at.value = Math.min(store.at.value, opened.events);
    });
    await refresh();
    if (mine === edition) painted('edit', start);
  } catch (error) {
    if (mine === edition) failed(error);
  }
}

/** The file has another log, and that is the one to be seen. */
export async function takeFile(): Promise<void> {
  const log = store.fileLog.value;
  if (log === null) return;
  store.settled.value = log;
  const { opened } = store;
  if (opened.value === null) await open({ ...store.viewState.value, log });
  else await edit(log);
}

/** The file has another log, and the one that is seen stays. */
export function keepMine(): void {
  store.settled.value = store.fileLog.value;
}

export async function words(): Promise<LogWords> {
  return await engine.call('words');
}

export async function did(line: number): Promise<readonly string[]> {
  return (await engine.call('did', { line })).map(visible);
}

/** To the event of a line of the log, where one is known there. */
export function goToLine(line: number): void {
  for (const row of store.rows.value.values()) if (row.line === line) void go(row.number);
}

/** To a place of its own: Back leads to where we were. */
export async function jumpTo(n: number): Promise<void> {
  await go(n, 'jump');
}

/** Goes to a moment; while one is on its way the newest that is wanted comes next. */
export async function go(n: number, way: Way = 'step'): Promise<void> {
  const reached = Math.max(0, Math.min(n, store.reach.value));
  if (n > reached && reached < store.length.value) say(reachText());
  if (reached !== store.at.value) went(way);
  store.at.value = reached;
  store.firstVma.value = null;
  await refresh();
}

/** How far one can go, in words. */
export function reachText(): string {
  const { value: length } = store.length;
  const { value: reach } = store.reach;
  if (reach < length) return `event ${reach + 1} cannot be carried out: nothing behind event ${reach} is reached`;
  return `the log has ${length.toLocaleString('en')} ${length === 1 ? 'event' : 'events'}`;
}

let asking = false;
let again = false;
/** When the moment that is asked for was wanted. */
let since = 0;

/** Asks for the moment anew. */
export async function refresh(): Promise<void> {
  since = performance.now();
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    do {
      again = false;
      const n = store.at.value;
      const mine = edition;
      try {
        const { chosen, suggested, switches } = store;
        const seen = await look(n, chosen.value, suggested.value, switches.value.alike, rowsAround(n));
        if (mine === edition) {
          put(seen);
          painted('moment', since);
        } else again = store.opened.value !== null;
      } catch (error) {
        // another log came in between
        if (mine === edition) failed(error);
        else again = store.opened.value !== null;
      }
    } while (again);
  } finally {
    asking = false;
  }
  void later(store.at.value);
}

/** Milliseconds that somebody stays at a moment before what takes longer is looked for. */
const STAYING = 60;

async function look(
  n: number,
  chosen: string | null,
  before: string | null,
  alike: boolean,
  rows: readonly [number, number] | null,
): Promise<Seen> {
  const late = setTimeout(() => {
    store.late.value = true;
  }, LATE);
  try {
    return await engine.call('look', { n, alike, vma: store.firstVma.value, chosen, before, rows });
  } finally {
    clearTimeout(late);
  }
}

function put({ moment, suggested, selection, rows }: Seen): void {
  batch(() => {
    if (rows.length > 0) store.rows.value = withRows(rows);
    store.late.value = false;
    store.moment.value = moment;
    if (suggested !== null) store.suggested.value = suggested;
    store.selection.value = selection;
  });
}

/** What takes longer, and is shown when it is there: why lanes part, and how what is selected came to be so. */
async function later(n: number): Promise<void> {
  const mine = edition;
  const { value: subject } = store.subject;
  const { alike } = store.switches.value;
  const here = (): boolean => mine === edition && store.at.value === n;
  const known = store.partings.value?.n === n;
  await new Promise((resolve) => setTimeout(resolve, STAYING));
  if (!here()) return;
  try {
    await Promise.all([
      n === 0 || known
        ? undefined
        : engine.call('partings', { n }).then((list) => {
            if (here() && list !== null) store.partings.value = { n, list };
          }),
      subject === null
        ? undefined
        : engine.call('past', { n, subject, alike }).then((past) => {
            if (here() && past !== null && store.subject.value === subject) store.past.value = past;
          }),
    ]);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // what is selected cannot be read: that was said where it is shown
  }
}

export async function select(subject: string | null): Promise<void> {
  if (subject !== store.chosen.value) went('jump');
  store.chosen.value = subject;
  await refresh();
}

/** To the nearest event that parts the lanes, at which a kernel complains, or that touches or changes what is selected. */
export async function jump(
  direction: 'forward' | 'backward',
  to: 'parting' | 'complaint' | 'condition' | 'touch',
  condition?: string,
): Promise<void> {
  try {
    const asked = { n: store.at.value, direction, to, ...(condition === undefined ? {} : { condition }) };
    const n = await engine.call('next', asked);
    // somebody has gone on meanwhile
    if (asked.n !== store.at.value) return;
    if (n === null || n > store.reach.value)
      say(`no such event ${direction === 'forward' ? 'after' : 'before'} event ${store.at.value}`);
    else await jumpTo(n);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    say(error.problem.message);
  }
}

/** To the nearest event that changes what is selected, or looks at it. */
export async function jumpToSubject(direction: 'forward' | 'backward', to: 'changed' | 'touch'): Promise<void> {
  const subject = store.subject.value;
  if (subject === null) say('nothing is selected');
  else if (to === 'touch') await jump(direction, 'touch', subject);
  else await jump(direction, 'condition', `${subject} changed`);
}

/** The text of the log that is open, where the engine has it. */
export async function heldText(): Promise<string> {
  return await engine.call('text');
}

export async function setLanes(lanes: readonly string[] | null): Promise<void> {
  const { file, log, switches } = store.viewState.value;
  const state = { ...EMPTY, file, log, lanes, at: store.at.value, select: store.chosen.value, switches };
  await open(state, [], store.held.value);
}

export async function toggle(name: keyof Switches): Promise<void> {
  went('jump');
  const on = !store.switches.value[name];
  if (name === 'edit' && on && store.held.value) {
    const text = await heldText();
    batch(() => {
      store.logText.value = text;
      store.held.value = false;
    });
  }
  // who switches the editor on wants to write
  if (name === 'edit') store.writing.value = on;
  store.switches.value = { ...store.switches.value, [name]: on };
  if (name === 'alike') await refresh();
}

let timer: ReturnType<typeof setInterval> | undefined;
/** Milliseconds an event is shown while playing. */
const BEAT = 700;

export function play(on = !store.playing.value): void {
  clearInterval(timer);
  store.playing.value = on && store.length.value > 0;
  if (!store.playing.value) return;
  if (store.at.value >= store.reach.value) void go(0);
  timer = setInterval(() => {
    if (store.at.value >= store.reach.value) play(false);
    else void go(store.at.value + 1);
  }, BEAT);
}

let silence: ReturnType<typeof setTimeout> | undefined;
export function say(text: string): void {
  clearTimeout(silence);
  store.said.value = text;
  silence = setTimeout(() => {
    store.said.value = '';
  }, 4000);
}

/** Rows of the event list, as far as they are not here yet: ascending numbers. */
export async function wantRows(numbers: readonly number[]): Promise<void> {
  const log = store.opened.value;
  const asked = gapsIn(numbers, store.rows.value).map(([from, to]) => engine.call('events', { from, to }));
  if (asked.length === 0) return;
  const rows = (await Promise.all(asked)).flat();
  if (store.opened.value === log) store.rows.value = withRows(rows);
}

/** Runs of numbers that are not known. */
function gapsIn(numbers: readonly number[], known: ReadonlyMap<number, unknown>): [number, number][] {
  const gaps: [number, number][] = [];
  for (const number of numbers) {
    if (known.has(number)) continue;
    const last = gaps[gaps.length - 1];
    if (last?.[1] === number - 1) last[1] = number;
    else gaps.push([number, number]);
  }
  return gaps;
}

/** The rows that are known, and these. A list that is scrolled through a million events keeps what is near. */
function withRows(rows: readonly EventRow[]): ReadonlyMap<number, EventRow> {
  const all = new Map(store.rows.value);
  for (const row of rows) all.set(row.number, row);
  const near = rows[0]?.number ?? 0;
  if (all.size > ROWS) for (const key of all.keys()) if (Math.abs(key - near) > ROWS / 4) all.delete(key);
  return all;
}

/** What a list shows around a moment that it jumps to, as far as it is not known. */
function rowsAround(n: number): [number, number] | null {
  const known = store.rows.value;
  let from = Math.max(1, n - ABOVE);
  let to = Math.min(n + BELOW, store.length.value);
  while (from <= to && known.has(from)) from++;
  while (from <= to && known.has(to)) to--;
  return from > to || store.switches.value.edit || store.switches.value.embed ? null : [from, to];
}

export async function copyTwin(of: TwinOf): Promise<string> {
  const subject = store.subject.value;
  return await engine.call('twin', { n: store.at.value, of, ...(subject === null ? {} : { subject }) });
}

/** Decodes anew what is to be decoded. */
export async function decode(): Promise<void> {
  const text = store.decoding.value;
  if (text === null || text.trim() === '') {
    store.decoded.value = null;
    return;
  }
  const level = (store.level.value ?? 'pte') as DecodeLevel;
  const lanes = store.laneNames.value ?? (/^[\s,;0-9a-fx_]+$/i.test(text) ? DECODED_ON : null);
  try {
    const view = await engine.call('decode', { text, lanes, level });
    if (store.decoding.value !== text) return;
    batch(() => {
      store.decoded.value = view;
      store.problem.value = null;
    });
  } catch (error) {
    if (store.decoding.value === text) failed(error);
  }
}

/** The page for values and reports. */
export async function openDecode(text: string): Promise<void> {
  await open({ ...EMPTY, decode: text, switches: store.switches.value });
}

/** Opens whatever files are. `play`: a report as a log. */
export async function openFiles(files: readonly Given[], play = false): Promise<void> {
  if (files.length === 0) return;
  store.reading.value = true;
  try {
    const { kind, name, text, told, at } = await engine.call('read', { files, play });
    if (kind === 'decode') return await openDecode(text ?? '');
    await open({ ...EMPTY, file: name, log: text ?? '' }, told, text === null, at);
  } catch (error) {
    failed(error);
  } finally {
    store.reading.value = false;
  }
}

export async function picture(): Promise<string> {
  return await engine.call('picture', { n: store.at.value });
}
