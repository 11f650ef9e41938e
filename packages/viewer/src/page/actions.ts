// SPDX-License-Identifier: GPL-2.0-or-later
/** What a user can do. */
import { batch } from '@preact/signals';
import type { DecodedLane, Survey, TwinOf, Words } from '../protocol.js';
import type { Switches, ViewState } from '../share/view-state.js';
import { type EngineClient, EngineError } from './engine-client.js';
import * as store from './store.js';

/** A log of more events than this is shown from its start, without looking for where its lanes part first. */
const LOOKED_THROUGH = 5000;

let engine: EngineClient;
export function connect(client: EngineClient): void {
  engine = client;
}

export function onSurvey({ covered, from, marks, parting, verdict }: Survey): void {
  batch(() => {
    const all = store.marks.value;
    all.set(marks.subarray(0, Math.max(0, all.length - from + 1)), from - 1);
    store.covered.value = covered;
    store.parting.value = parting;
    store.verdict.value = verdict;
  });
}

function failed(error: unknown): void {
  if (!(error instanceof EngineError)) throw error;
  // asked of a log that had more events, and answered when an edit had made it shorter
  if (error.problem.code === 'api.event' || error.problem.code === 'api.moment') return;
  store.problem.value = error.problem;
}

/** Opens a log, and goes to where it is looked at. */
export async function open(state: ViewState): Promise<void> {
  batch(() => {
    store.forget();
    store.problem.value = null;
    store.file.value = state.file;
    store.logText.value = state.log;
    store.laneNames.value = state.lanes;
    store.chosen.value = state.select;
    store.switches.value = state.switches;
  });
  if (state.log === '') return;
  try {
    const opened = await engine.call('open', { file: state.file || '<log>', text: state.log, lanes: state.lanes });
    batch(() => {
      store.opened.value = opened;
      store.marks.value = new Uint8Array(opened.events);
    });
    await go(state.at ?? (await firstMoment(opened.events)));
  } catch (error) {
    failed(error);
  }
}

let editing = 0;

/** The log is another one: what stands before the change is not played again, and we stay where we are. */
export async function edit(text: string): Promise<void> {
  const mine = ++editing;
  store.logText.value = text;
  try {
    const { file, lanes } = store.viewState.value;
    const opened = await engine.call('open', { file: file || '<log>', text, lanes });
    if (mine !== editing) return;
    batch(() => {
      store.problem.value = null;
      store.opened.value = opened;
      store.marks.value = new Uint8Array(opened.events);
      store.covered.value = 0;
      store.parting.value = 0;
      store.rows.value = new Map();
    });
    await go(store.at.value);
  } catch (error) {
    if (mine === editing) failed(error);
  }
}

export async function words(): Promise<Words> {
  return await engine.call('words');
}

export async function did(line: number): Promise<readonly string[]> {
  return await engine.call('did', { line });
}

/** To the event of a line of the log, where one is known there. */
export function goToLine(line: number): void {
  for (const row of store.rows.value.values()) if (row.line === line) void go(row.number);
}

/** Where the lanes first part; where they do not, the end. */
async function firstMoment(events: number): Promise<number> {
  if (events > LOOKED_THROUGH) return 0;
  return (await engine.call('next', { n: 0, direction: 'forward', to: 'parting' })) ?? events;
}

let asking = false;
let again = false;

/** Goes to a moment; while one is on its way the newest that is wanted comes next. */
export async function go(n: number): Promise<void> {
  store.at.value = Math.max(0, Math.min(n, store.length.value));
  store.firstVma.value = null;
  await refresh();
}

/** Asks for the moment anew. */
export async function refresh(): Promise<void> {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    do {
      again = false;
      await show(store.at.value);
    } while (again);
  } catch (error) {
    failed(error);
  } finally {
    asking = false;
  }
}

async function show(n: number): Promise<void> {
  const { alike } = store.switches.value;
  const [moment] = await Promise.all([
    engine.call('moment', { n, alike, vma: store.firstVma.value }),
    n === 0 ? undefined : wantRows(n, n),
  ]);
  store.moment.value = moment;
  if (again) return;
  const [partings, suggested] = await Promise.all([
    n === 0 ? [] : engine.call('partings', { n }),
    engine.call('suggest', { n }),
  ]);
  if (again) return;
  batch(() => {
    store.partings.value = { n, list: partings ?? [] };
    if (suggested !== null) store.suggested.value = suggested;
  });
  await lookAt(n);
}

async function lookAt(n: number): Promise<void> {
  const subject = store.subject.value;
  if (subject === null) {
    store.selection.value = null;
    return;
  }
  try {
    store.selection.value = await engine.call('select', { n, subject, alike: store.switches.value.alike });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // it does not exist yet, or no more: the choice stays
    store.selection.value = null;
  }
}

export async function select(subject: string | null): Promise<void> {
  store.chosen.value = subject;
  await refresh();
}

/** To the nearest event that parts the lanes, at which a kernel complains, or that touches what is selected. */
export async function jump(
  direction: 'forward' | 'backward',
  to: 'parting' | 'complaint' | 'condition',
  condition?: string,
): Promise<void> {
  try {
    const asked = { n: store.at.value, direction, to, ...(condition === undefined ? {} : { condition }) };
    const n = await engine.call('next', asked);
    if (n === null) say(`no such event ${direction === 'forward' ? 'after' : 'before'} event ${store.at.value}`);
    else await go(n);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    say(error.problem.message);
  }
}

/** To the nearest event that changes what is selected. */
export async function jumpToChange(direction: 'forward' | 'backward'): Promise<void> {
  const subject = store.subject.value;
  if (subject === null) say('nothing is selected');
  else await jump(direction, 'condition', `${subject} changed`);
}

export async function setLanes(lanes: readonly string[] | null): Promise<void> {
  const { file, log, switches } = store.viewState.value;
  await open({ file, log, lanes, at: store.at.value, select: store.chosen.value, switches });
}

export async function toggle(name: keyof Switches): Promise<void> {
  store.switches.value = { ...store.switches.value, [name]: !store.switches.value[name] };
  if (name === 'alike') await refresh();
}

let timer: ReturnType<typeof setInterval> | undefined;
/** Milliseconds an event is shown while playing. */
const BEAT = 700;

export function play(on = !store.playing.value): void {
  clearInterval(timer);
  store.playing.value = on && store.length.value > 0;
  if (!store.playing.value) return;
  if (store.at.value >= store.length.value) void go(0);
  timer = setInterval(() => {
    if (store.at.value >= store.length.value) play(false);
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

/** Rows of the event list, as far as they are not here yet. */
export async function wantRows(from: number, to: number): Promise<void> {
  const known = store.rows.value;
  let first = from;
  while (first <= to && known.has(first)) first++;
  if (first > to) return;
  const log = store.opened.value;
  const rows = await engine.call('events', { from: first, to });
  if (store.opened.value !== log) return;
  const all = new Map(store.rows.value);
  for (const row of rows) all.set(row.number, row);
  // a list that is scrolled through a million events keeps what is near
  if (all.size > 4000) for (const key of all.keys()) if (Math.abs(key - from) > 1000) all.delete(key);
  store.rows.value = all;
}

export async function copyTwin(of: TwinOf): Promise<string> {
  const subject = store.subject.value;
  return await engine.call('twin', { n: store.at.value, of, ...(subject === null ? {} : { subject }) });
}

export async function decode(lanes: readonly string[], value: string): Promise<readonly DecodedLane[]> {
  return await engine.call('decode', { lanes, value });
}

export { unpacked } from './engine-client.js';

export async function picture(): Promise<string> {
  return await engine.call('picture', { n: store.at.value });
}
