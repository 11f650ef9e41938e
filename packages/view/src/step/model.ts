// SPDX-License-Identifier: GPL-2.0-or-later
/** The state of the view, and what each key makes of it. Nothing here knows a terminal. */
import { UsageError } from '../errors.js';
import type { LoadedLog } from '../log/loaded-log.js';
import { parseCondition } from '../time/condition.js';
import type { LaneHistory, Moment } from '../time/lane-history.js';
import { search } from '../time/search.js';
import { parseSubject, resolveSubject } from '../time/subject.js';
import { type Change, changesOf } from '../time/watch.js';
import type { Divergences } from './divergences.js';
import type { Key } from './key.js';

/** What the view looks at; it never changes, but for what was computed so far. */
export interface Source {
  readonly log: LoadedLog;
  readonly lanes: readonly LaneHistory[];
  /** Null with one lane. */
  readonly divergences: Divergences | null;
}

export type Direction = 'forward' | 'backward';

/** A line that is being typed. */
export interface Prompt {
  readonly kind: 'jump' | 'run' | 'blame';
  readonly direction: Direction;
  readonly text: string;
}

/** Work that is done in small parts between keys. */
export interface Task {
  readonly what: string;
  /** The moment that it has reached. */
  readonly reached: number;
  readonly work: Generator<number, number | undefined, void>;
  /** Said when nothing was found. */
  readonly none: string;
}

/** Who wrote something last: its changes up to event `n`, the last first. */
export interface Blame {
  readonly what: string;
  readonly value: string;
  readonly n: number;
  readonly changes: readonly Change[];
  readonly more: boolean;
}

/** What the user has made of the view; immutable. */
export interface State {
  /** Events applied. */
  readonly n: number;
  readonly lane: number;
  /** What the large pane shows. */
  readonly pane: 'world' | 'diff' | 'lanes' | 'blame' | 'help';
  /** The moment that `diff` compares with; null: the one before. */
  readonly mark: number | null;
  /** First line of the large pane; null: where the last event changed something. */
  readonly scroll: number | null;
  readonly prompt: Prompt | null;
  readonly message: { readonly text: string; readonly bad: boolean } | null;
  readonly task: Task | null;
  readonly blame: Blame | null;
  /** What was typed last, by kind of prompt. */
  readonly typed: Readonly<Record<Prompt['kind'], string>>;
  readonly direction: Direction;
  readonly done: boolean;
}

/** Farther than this a move is a task. */
const FAR = 4096;
/** Changes that a search for the last writer lists. */
const BLAMED = 20;

/** The view after `n` events, looking at the first lane. */
export function initialState(source: Source, n = 0): State {
  const { length } = source.log.events;
  return {
    n: Math.min(n, length),
    lane: 0,
    pane: 'world',
    mark: null,
    scroll: null,
    prompt: null,
    message: null,
    task: null,
    blame: null,
    typed: { jump: '', run: '', blame: '' },
    direction: 'forward',
    done: false,
  };
}

/** The moment that the view shows. */
export function momentOf(state: State, source: Source): Moment {
  return source.lanes[state.lane]!.at(state.n);
}

/** `page`: lines that PageDown scrolls by; `top`: the first line of the large pane that is shown. */
export function update(state: State, key: Key, source: Source, page = 10, top = 0): State {
  if (key.name === 'interrupt') return { ...state, done: true };
  if (state.task !== null) {
    const stop = key.name === 'escape' || (key.name === 'char' && key.char === 'q');
    return stop ? say({ ...state, task: null }, `given up at event ${state.task.reached}`) : state;
  }
  if (state.prompt !== null) return typing(state, state.prompt, key, source);
  const quiet: State = { ...state, message: null };
  switch (key.name) {
    case 'right':
    case 'down':
      return move(quiet, source, state.n + 1);
    case 'left':
    case 'up':
      return move(quiet, source, state.n - 1);
    case 'home':
      return move(quiet, source, 0);
    case 'end':
      return move(quiet, source, source.log.events.length);
    case 'pagedown':
      return { ...quiet, scroll: top + page };
    case 'pageup':
      return { ...quiet, scroll: Math.max(0, top - page) };
    case 'tab':
      return switchLane(quiet, source, 1);
    case 'backtab':
      return switchLane(quiet, source, -1);
    case 'escape':
      return { ...quiet, pane: 'world', scroll: null };
    case 'enter': {
      const writer = state.pane === 'blame' ? state.blame?.changes[0] : undefined;
      if (writer !== undefined) return move({ ...quiet, pane: 'world' }, source, writer.numbered.number);
      return move(quiet, source, state.n + 1);
    }
    case 'char':
      return command(quiet, key.char, source);
    default:
      return quiet;
  }
}

function command(state: State, char: string, source: Source): State {
  const { length } = source.log.events;
  if (/^\d$/.test(char)) return ask(state, 'jump', 'forward', char);
  switch (char) {
    case ' ':
    case 's':
    case 'l':
    case 'j':
      return move(state, source, state.n + 1);
    case 'b':
    case 'h':
    case 'k':
      return move(state, source, state.n - 1);
    case 'g':
      return move(state, source, 0);
    case 'G':
      return move(state, source, length);
    case ':':
      return ask(state, 'jump', 'forward', '');
    case '/':
    case 'r':
      return ask(state, 'run', 'forward', '');
    case '\\':
    case 'R':
      return ask(state, 'run', 'backward', '');
    case 'n':
      return runAgain(state, source, state.direction);
    case 'N':
      return runAgain(state, source, state.direction === 'forward' ? 'backward' : 'forward');
    case ']':
      return toDivergence(state, source, 'forward');
    case '[':
      return toDivergence(state, source, 'backward');
    case 'd':
      return { ...state, pane: state.pane === 'diff' ? 'world' : 'diff', scroll: null };
    case 'm':
      return say({ ...state, mark: state.n }, `marked: d compares with event ${state.n}; M forgets it`);
    case 'M':
      return say({ ...state, mark: null }, 'd compares with the event before');
    case 'c':
      if (source.lanes.length < 2) return fail(state, 'there is one lane; --arch A,B gives more');
      return { ...state, pane: state.pane === 'lanes' ? 'world' : 'lanes', scroll: null };
    case 'w':
      return ask(state, 'blame', 'backward', '');
    case '?':
      return { ...state, pane: state.pane === 'help' ? 'world' : 'help', scroll: null };
    case 'q':
      return { ...state, done: true };
    default:
      return fail(state, `no such key: ${char} (? for help)`);
  }
}

// --------------------------------------------------------------- moving

function move(state: State, source: Source, n: number): State {
  const { length } = source.log.events;
  if (n < 0) return say(state, 'this is the start');
  if (n > length) return say(state, 'this is the end');
  if (Math.abs(n - state.n) > FAR) {
    const work = travel(source.lanes[state.lane]!, n);
    return { ...state, task: { what: 'replaying', reached: state.n, work, none: '' } };
  }
  return arrive(state, n);
}

function arrive(state: State, n: number): State {
  const pane = state.pane === 'help' || state.pane === 'blame' ? 'world' : state.pane;
  return { ...state, n, pane, scroll: null };
}

/** Replays up to `n` in small parts; what was replayed before costs nothing. */
function* travel({ timeline }: LaneHistory, n: number): Generator<number, number, void> {
  for (let at = 0; at < n; at += FAR) {
    timeline.at(at);
    yield at;
  }
  return n;
}

function switchLane(state: State, source: Source, by: number): State {
  const count = source.lanes.length;
  if (count < 2) return fail(state, 'there is one lane; --arch A,B gives more');
  const pane = state.pane === 'blame' ? 'world' : state.pane;
  return { ...state, pane, lane: (state.lane + by + count) % count, scroll: null };
}

function toDivergence(state: State, source: Source, direction: Direction): State {
  const { divergences } = source;
  if (divergences === null) return fail(state, 'there is one lane; --arch A,B gives more');
  const none = `the lanes do not part ${direction === 'forward' ? 'after' : 'before'} event ${state.n}`;
  const work = divergences.search(state.n, direction);
  return { ...state, task: { what: 'comparing', reached: state.n, work, none } };
}

// --------------------------------------------------------------- typing

function ask(state: State, kind: Prompt['kind'], direction: Direction, text: string): State {
  return { ...state, prompt: { kind, direction, text } };
}

function typing(state: State, prompt: Prompt, key: Key, source: Source): State {
  const typed = (text: string): State => ({ ...state, message: null, prompt: { ...prompt, text } });
  switch (key.name) {
    case 'char':
      return typed(prompt.text + key.char);
    case 'backspace':
      if (prompt.text === '') return { ...state, prompt: null };
      return typed([...prompt.text].slice(0, -1).join(''));
    case 'clear':
      return typed('');
    case 'up':
      return typed(state.typed[prompt.kind]);
    case 'escape':
      return { ...state, prompt: null, message: null };
    case 'enter':
      return entered({ ...state, message: null, prompt: null }, prompt, source);
    default:
      return state;
  }
}

/** An empty line is the one that was typed before. */
function entered(state: State, prompt: Prompt, source: Source): State {
  const text = prompt.text.trim() === '' ? state.typed[prompt.kind] : prompt.text.trim();
  if (text === '') return state;
  try {
    const next = { ...state, typed: { ...state.typed, [prompt.kind]: text } };
    if (prompt.kind === 'jump') return jump(next, text, source);
    if (prompt.kind === 'run') return run({ ...next, direction: prompt.direction }, text, prompt.direction, source);
    return findWriter(next, text, source);
  } catch (error) {
    if (error instanceof UsageError) return fail({ ...state, prompt }, error.message);
    throw error;
  }
}

function jump(state: State, text: string, source: Source): State {
  const match = /^([+-]?)(\d+)$/.exec(text);
  if (match === null)
    throw new UsageError('usage.value', `expected a number of events, such as 17, +10 or -10, found ${text}`);
  const by = Number(match[2]);
  const n = match[1] === '' ? by : state.n + (match[1] === '+' ? by : -by);
  const { length } = source.log.events;
  const said = n > length ? say(state, `the log has ${length} ${length === 1 ? 'event' : 'events'}`) : state;
  return move(said, source, Math.max(0, Math.min(n, length)));
}

function run(state: State, text: string, direction: Direction, source: Source): State {
  const history = source.lanes[state.lane]!;
  const condition = parseCondition(text, momentOf(state, source).kernel, source.log);
  const none = `not ${direction === 'forward' ? 'after' : 'before'} event ${state.n}: ${text}`;
  return {
    ...state,
    task: { what: text, reached: state.n, work: search(history, condition, state.n, direction), none },
  };
}

function runAgain(state: State, source: Source, direction: Direction): State {
  const text = state.typed.run;
  if (text === '') return fail(state, 'nothing to run to again: / asks for it');
  const next = entered(state, { kind: 'run', direction, text }, source);
  return { ...next, prompt: null, direction: state.direction };
}

function findWriter(state: State, text: string, source: Source): State {
  const history = source.lanes[state.lane]!;
  const { kernel } = momentOf(state, source);
  const probe = resolveSubject(kernel, parseSubject(text));
  const changes: Change[] = [];
  let more = false;
  for (const change of changesOf(history, probe, state.n)) {
    more = changes.length === BLAMED;
    if (more) break;
    changes.push(change);
  }
  const blame = { what: probe.name, value: probe.text(kernel), n: state.n, changes, more };
  return { ...state, pane: 'blame', scroll: 0, blame };
}

// ---------------------------------------------------------------- tasks

/** Goes on with the task, in parts of some milliseconds, until it ends or the host has something else to do. */
export function advance(state: State, enough: () => boolean): State {
  const { task } = state;
  if (task === null) return state;
  let { reached } = task;
  do {
    const step = task.work.next();
    if (step.done === true) {
      const rest = { ...state, task: null };
      return step.value === undefined ? say(rest, task.none) : arrive(rest, step.value);
    }
    reached = step.value;
  } while (!enough());
  return { ...state, task: { ...task, reached } };
}

function say(state: State, text: string): State {
  return { ...state, message: { text, bad: false } };
}

function fail(state: State, text: string): State {
  return { ...state, message: { text, bad: true } };
}
