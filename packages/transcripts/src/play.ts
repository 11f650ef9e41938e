// SPDX-License-Identifier: GPL-2.0-or-later
/** Plays a transcript on the model, record by record. */
import { type Crash, LogReferenceError } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { nearest } from '@specialbit/events';
import { checkAnswer, checkArchitecture, checkAsked, checkBegin, checkHeader, type Fail } from './check-records.js';
import type { DumpCounts } from './dump.js';
import { TranscriptError } from './errors.js';
import type { BeginRecord, Op, StepRecord, TranscriptHeader } from './format.js';
import { Lab, type StepResult } from './lab.js';
import { LabSetup } from './lab-setup.js';
import { newPages } from './new-pages.js';

/**
 * Why a step is counted apart:
 * - `oops`: the kernel died in it;
 * - `survived`: by the model the kernel looks there at a struct page that does not exist, and it lived;
 * - `bug`: by the model the kernel dies of a BUG there;
 * - `worker`: the worker died or never answered;
 * - `dead`: the model's kernel has died before.
 */
export type Apart = 'oops' | 'survived' | 'bug' | 'worker' | 'dead';

/** A record of a transcript beside what the model says. */
export interface Played {
  readonly line: number;
  readonly kind: 'header' | 'begin' | 'step' | 'other';
  /** The record as it stands in the file. */
  readonly text: string;
  /** The record as the model has it; the same text for what the model does not produce. */
  readonly model: string;
  /** null: to be compared. */
  readonly apart: Apart | null;
  /** What the model says that the kernel dies of, or may die of, in this step. */
  readonly crash: Crash | null;
  /** What the model's dump consists of; null where it has none. */
  readonly counts: DumpCounts | null;
  /** The kernel died here: asks the model what happened. */
  readonly death: Death | null;
}

/** The end of a scenario in which the kernel died. */
export class Death {
  constructor(
    readonly scenario: string,
    readonly seq: number,
    private readonly lab: Lab,
  ) {}

  /**
   * What the model says that the kernel died of in `op`, the operation that was under way: transcripts
   * do not tell, but other machines' have it. null: it would not have died. To be asked once.
   */
  inOperation(mm: number, op: Op): Crash | null {
    const { outcome } = this.lab.step({ scenario: this.scenario, seq: this.seq, mm, op, alloc: new Map() });
    return outcome?.crash ?? outcome?.survived ?? null;
  }
}

/** A file whose first scenario has a higher index is a later part of a run: the machine has been up for a while. */
const FRESH_INDEX = 3;
/** swap_cluster_readahead() of a machine where readahead found nothing to use. */
const SETTLED = { prev_offset: 0, hits: 0, last_pages: 1 };

/** A begin record: its name, its number and the rest. */
const BEGIN = /^\{"begin":"([\w.-]*)","index":(0|[1-9]\d{0,14})(,".*\})$/;
const OP = ',"op":';
/** Operations that are remembered. */
const MOST_OPS = 1 << 14;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const STEP_START = '{"scenario":"';

type Asked = Pick<StepRecord, 'scenario' | 'seq' | 'mm'> & { readonly op?: Op };

export interface PlayOptions {
  /** Nothing is kept from one record to the next: the same, and slower; for tests. */
  readonly anew?: boolean;
}

export class Player {
  private header: TranscriptHeader | undefined;
  private arch: Architecture | undefined;
  private lab: Lab | undefined;
  private setup: LabSetup | undefined;
  /** Of the begin record that `setup` was made for: everything that is not the scenario's own. */
  private setupKey = '';
  /** Of the begin record before: what follows its name and number. */
  private beginRest = '';
  /** The scenario that runs, and its next step. */
  private scenario = '';
  private seq = 0;
  /** What each of its records begins with. */
  private scenarioStart = '';
  /** Operations by their text. */
  private readonly ops = new Map<string, Op>();
  private dead = false;

  constructor(
    private readonly file: string,
    private readonly architectures: readonly Architecture[],
    private readonly find: (known: readonly Architecture[], name: string) => Architecture | undefined,
    private readonly options: PlayOptions = {},
  ) {}

  get transcriptHeader(): TranscriptHeader | undefined {
    return this.header;
  }

  /** The scenario that is being played. */
  get running(): Lab | undefined {
    return this.lab;
  }

  /** Plays one line. Throws TranscriptError for a line that is no record, or not one that can follow. */
  play(text: string, line: number): Played {
    try {
      return this.record(text, line);
    } catch (error) {
      if (error instanceof RangeError) this.checkDepth(text, line);
      throw error;
    }
  }

  /** Throws TranscriptError of a record that is nested deeper than any laboratory's. */
  checkDepth(text: string, line: number): void {
    const depth = depthOf(text);
    if (depth > MOST_DEEP)
      throw this.error(line, `expected a record nested ${MOST_DEEP} deep at most, found one of ${depth}`);
  }

  private record(text: string, line: number): Played {
    if (text.startsWith(STEP_START)) return this.step(text, line);
    if (this.beginsAlike(text)) return { ...NOTHING, line, kind: 'begin', text, model: text };
    const record = this.parse(text, line);
    if ('header' in record) {
      this.begin(record, line);
      return { ...NOTHING, line, kind: 'header', text, model: text };
    }
    if ('begin' in record) {
      this.beginScenario(record, line);
      const rest = BEGIN.exec(text)?.[3] ?? '';
      this.beginRest = /"(begin|index)"|\\/.test(rest) ? '' : rest;
      return { ...NOTHING, line, kind: 'begin', text, model: text };
    }
    if ('scenario' in record) return this.step(text, line);
    return { ...NOTHING, line, kind: 'other', text, model: text };
  }

  private begin(record: Readonly<Record<string, unknown>>, line: number): void {
    const fail: Fail = this.fail(line);
    const header = checkHeader(record, fail);
    const arch = this.find(this.architectures, header.arch);
    if (arch === undefined) {
      const near = nearest(
        header.arch,
        this.architectures.map((a) => a.name),
      );
      fail('arch', near === undefined ? 'the name of an architecture' : `an architecture such as ${near}`, header.arch);
    }
    checkArchitecture(header, arch, fail);
    this.header = header;
    this.arch = arch;
    this.setup = undefined;
    this.beginRest = '';
    this.lab = undefined;
  }

  private beginScenario(record: Readonly<Record<string, unknown>>, line: number): void {
    const { header, arch } = this;
    if (header === undefined || arch === undefined)
      throw this.error(line, 'a scenario begins before the header record', 'transcript.order');
    const begin = checkBegin(record, header, this.fail(line));
    this.start(this.setupOf(arch, header, begin), begin);
  }

  /** Begins a scenario whose record differs from the one before in its name and number alone. */
  private beginsAlike(text: string): boolean {
    const { setup, beginRest } = this;
    if (setup === undefined || beginRest === '' || this.options.anew === true) return false;
    const [, begin, index, rest] = BEGIN.exec(text) ?? [];
    if (begin === undefined || rest !== beginRest) return false;
    this.start(setup, { begin, index: Number(index) });
    return true;
  }

  private start(setup: LabSetup, begin: Pick<BeginRecord, 'begin' | 'index'>): void {
    const previous = this.lab;
    this.lab = new Lab(setup, this.options.anew);
    // the machine stays up between scenarios, and is started again after it died
    const { swap } = this.lab.kernel;
    if (previous !== undefined && !this.dead) swap.cluster = previous.kernel.swap.cluster;
    else if (previous === undefined && begin.index > FRESH_INDEX) swap.cluster = SETTLED;
    this.dead = false;
    this.scenario = begin.begin;
    this.scenarioStart = `{"scenario":${JSON.stringify(begin.begin)},"seq":`;
    this.seq = 0;
  }

  /** Scenarios of one boot have the same machine. */
  private setupOf(arch: Architecture, header: TranscriptHeader, begin: BeginRecord): LabSetup {
    const key = JSON.stringify([begin.ram, begin.highest_memmap_pfn, begin.zero_pfn, begin.frames]);
    if (this.setup === undefined || key !== this.setupKey) {
      this.setup = new LabSetup(arch, header, begin);
      this.setupKey = key;
    }
    return this.setup;
  }

  private step(text: string, line: number): Played {
    const { lab } = this;
    if (lab === undefined) throw this.error(line, 'a step before the first begin record', 'transcript.order');
    const { asked, full } = this.readAsked(text, line);
    const { scenario, seq, mm, op } = asked;
    if (scenario !== this.scenario) this.fail(line)('scenario', `a step of ${this.scenario}`, scenario);
    if (seq !== this.seq) this.fail(line)('seq', `step ${this.seq}`, seq);
    this.seq++;
    if (this.dead) return { ...NOTHING, line, kind: 'step', text, model: text, apart: 'dead' };
    if (op === undefined) {
      this.dead = true;
      const model = `{"scenario":${JSON.stringify(scenario)},"seq":${seq},"oops":[]}`;
      const death = new Death(scenario, seq, lab);
      return { ...NOTHING, line, kind: 'step', text, model, apart: 'oops', death };
    }
    const { pages, record, folios } = newPages(full, text, lab, () => this.answer(text, line), this.fail(line));
    const hung = record?.would === 'worker-hang' ? record.dump?.ev : undefined;
    const input = { scenario, seq, mm, op, alloc: pages, ...(folios && { folios }), ...(hung && { hung }) };
    const result = this.carryOut(lab, input, line);
    const crash = result.outcome?.crash ?? result.outcome?.survived ?? null;
    this.dead = result.outcome?.crash != null;
    // what agrees needs no checking, and what is stripped was read whole
    const agrees = text === result.line;
    if (full && record === undefined && !agrees) this.answer(text, line);
    let apart: Apart | null = null;
    if (crash !== null) apart = this.dead && crash.kind === 'BUG' ? 'bug' : 'survived';
    else if ((!agrees || result.outcome?.hang === true) && text.includes('"would":"worker-')) apart = 'worker';
    return {
      line,
      kind: 'step',
      text,
      model: agrees ? text : result.line,
      apart,
      crash,
      counts: result.counts,
      death: null,
    };
  }

  private carryOut(lab: Lab, input: Parameters<Lab['step']>[0], line: number): StepResult {
    try {
      return lab.step(input);
    } catch (error) {
      if (error instanceof LogReferenceError) throw this.error(line, `op: ${error.message}`, error.code);
      throw error;
    }
  }

  /** scenario, seq, mm and op stand at the start of a record; the rest need not be parsed where it agrees. */
  private readAsked(text: string, line: number): { readonly asked: Asked; readonly full: boolean } {
    const end = text.indexOf('},"ret":');
    if (end > 0 && text.endsWith('}')) {
      const expected = this.options.anew === true ? undefined : this.expectedAsked(text, end, line);
      if (expected !== undefined) return { asked: expected, full: true };
      let asked: unknown;
      try {
        asked = JSON.parse(`${text.slice(0, end + 1)}}`);
      } catch {
        // an argument with a brace in it: read the whole record
      }
      if (asked !== undefined) {
        checkAsked(asked as Record<string, unknown>, this.fail(line));
        return { asked: asked as Asked, full: true };
      }
    }
    const record = this.parse(text, line);
    checkAsked(record, this.fail(line));
    return { asked: record as unknown as Asked, full: false };
  }

  /**
   * What is asked by a record that begins as the next one of the scenario does; `end`: of the operation. An operation
   * is read and checked once, and found again by its text. Undefined: it begins otherwise, or not as it must.
   */
  private expectedAsked(text: string, end: number, line: number): Asked | undefined {
    const { seq, scenario } = this;
    const start = `${this.scenarioStart}${seq},"mm":`;
    if (text.slice(0, start.length) !== start) return undefined;
    let at = start.length;
    let mm = 0;
    for (let code = text.charCodeAt(at); code >= DIGIT_0 && code <= DIGIT_9; code = text.charCodeAt(++at)) {
      mm = mm * 10 + (code - DIGIT_0);
    }
    const digits = at - start.length;
    if (digits === 0 || digits > 9 || (digits > 1 && text[start.length] === '0')) return undefined;
    if (text.slice(at, at + OP.length) !== OP) return undefined;
    const opText = text.slice(at + OP.length, end + 1);
    let op = this.ops.get(opText);
    if (op === undefined) {
      try {
        op = JSON.parse(opText) as Op;
      } catch {
        return undefined;
      }
      checkAsked({ scenario, seq, mm, op }, this.fail(line));
      if (this.ops.size === MOST_OPS) this.ops.clear();
      this.ops.set(opText, op);
    }
    return { scenario, seq, mm, op };
  }

  private answer(text: string, line: number): StepRecord {
    return checkAnswer(this.parse(text, line), this.fail(line));
  }

  private parse(text: string, line: number): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    } catch {
      // said below
    }
    throw this.error(line, `expected a JSON record, found ${shown(text)}`);
  }

  private fail(line: number): Fail {
    return (path, expected, found) => {
      throw this.error(line, `${path}: expected ${expected}, found ${shown(found)}`);
    };
  }

  private error(line: number, problem: string, code = 'transcript.record'): TranscriptError {
    return new TranscriptError(code, this.file, line, problem);
  }
}

/** A laboratory's records are nested some seven deep. */
const MOST_DEEP = 64;

/** How deep the brackets of a text are nested. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (const character of text) {
    if (character === '[' || character === '{') most = Math.max(most, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return most;
}

const NOTHING = { apart: null, crash: null, counts: null, death: null } as const;

const SHOWN = 60;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`;
}
