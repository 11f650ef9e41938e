// SPDX-License-Identifier: GPL-2.0-or-later
/** Plays one transcript on the model, and compares every step. */
import { readLineBatches } from '@specialbit/events/node';
import {
  type Death,
  findArchitecture,
  findOps,
  type Op,
  type Played,
  Player,
  type StepRecord,
  TranscriptError,
} from '@specialbit/transcripts';
import { architectures } from '../architectures.js';
import { describeFailure, failureText } from '../failure.js';
import { compareRecords } from './compare-records.js';
import { countFields } from './count-fields.js';
import type { Difference } from './fields.js';
import { type KnownDivergence, knownIndex } from './known.js';
import { type ApartKind, emptyResult, type FileResult } from './result.js';

/** A share of a transcript: the scenarios whose number modulo `parts` is `part`. */
export interface Task {
  readonly file: string;
  readonly part: number;
  readonly parts: number;
}

export interface VerifyOptions {
  /** Mismatches to keep in full, one a scenario at most. */
  readonly max: number;
  readonly known: readonly KnownDivergence[];
}

/** Called once a batch of lines, with steps since the last call and bytes of the file read in all. */
export type OnProgress = (steps: number, bytesRead: number) => void;

/** Never throws for what a file holds: a result says what was wrong with it. */
export async function verifyFile(task: Task, options: VerifyOptions, onProgress: OnProgress): Promise<FileResult> {
  const verifier = new Verifier(task, options);
  const started = performance.now();
  try {
    for await (const { first, lines, bytesRead } of readLineBatches(task.file)) {
      const before = verifier.seen;
      for (let i = 0; i < lines.length; i++) verifier.line(lines[i]!, first + i);
      onProgress(verifier.seen - before, bytesRead);
    }
    verifier.end();
    await verifier.nameDeaths();
  } catch (error) {
    verifier.result.error = failureText(error);
  }
  verifier.result.ms = performance.now() - started;
  return verifier.result;
}

const STEP = /^\{\s*"scenario"/;

/** What a report says of a step. */
interface Step {
  readonly scenario: string;
  readonly seq: number;
  readonly mm: number;
  readonly op: Op;
}

class Verifier {
  readonly result: FileResult;
  /** Steps so far, also those that are not compared. */
  seen = 0;
  private readonly player: Player;
  private scenario = -1;
  private differs = false;
  /** An exception of ours broke the scenario off. */
  private broken = false;
  private hasHw = false;
  private pageSize = 4096;
  private readonly deaths: { readonly death: Death; readonly line: number; readonly text: string }[] = [];

  constructor(
    private readonly task: Task,
    private readonly options: VerifyOptions,
  ) {
    this.result = emptyResult(task.file);
    this.player = new Player(task.file, architectures, findArchitecture);
  }

  line(text: string, number: number): void {
    try {
      if (text !== '') this.record(text, number);
    } catch (error) {
      // what is behind the part that was played is looked at when it is compared
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
      const problem = `expected a JSON record that can be compared: ${error.message}`;
      throw new TranscriptError('transcript.record', this.task.file, number, problem);
    }
  }

  private record(text: string, number: number): void {
    const isStep = STEP.test(text);
    const mine = this.scenario % this.task.parts === this.task.part;
    if (isStep && this.scenario >= 0 && (!mine || this.broken)) return;
    let played: Played;
    try {
      played = this.player.play(text, number);
    } catch (error) {
      if (error instanceof TranscriptError || !isStep) throw error;
      this.failed(text, number, error);
      return;
    }
    switch (played.kind) {
      case 'header':
        this.header();
        return;
      case 'begin':
        this.scenario++;
        this.differs = false;
        this.broken = false;
        if (this.scenario % this.task.parts === this.task.part) this.result.scenarios++;
        return;
      case 'step':
        this.seen++;
        this.step(played);
        return;
      case 'other':
        throw new TranscriptError(
          'transcript.record',
          this.task.file,
          number,
          'expected a header, begin or step record',
        );
    }
  }

  /** At the end of the file. Throws when it was no transcript at all. */
  end(): void {
    if (this.result.arch === undefined) {
      throw new TranscriptError('transcript.order', this.task.file, 1, 'expected a header record, found an empty file');
    }
  }

  /** Asks the model about the steps in which the kernel died, once it is known what they were. */
  async nameDeaths(): Promise<void> {
    if (this.deaths.length === 0) return;
    const ops = await findOps(
      this.task.file,
      this.deaths.map(({ death }) => death),
    );
    for (const [i, { death, line, text }] of this.deaths.entries()) {
      const found = ops[i];
      const { scenario, seq } = death;
      if (found === undefined) {
        this.apart(line, scenario, seq, 'oops-unknown', undefined);
        continue;
      }
      const crash = death.inOperation(found.mm, found.op);
      if (crash !== null) this.apart(line, scenario, seq, 'oops-both', crash.where);
      else this.crashed({ scenario, seq, ...found }, line, (JSON.parse(text) as StepRecord).oops, 'went on');
    }
  }

  private header(): void {
    const header = this.player.transcriptHeader!;
    this.result.arch = header.arch;
    this.pageSize = header.page_size;
    this.hasHw = findArchitecture(architectures, header.arch)?.hw_pte !== undefined;
  }

  private step(played: Played): void {
    const { apart, text, line, crash } = played;
    switch (apart) {
      case null:
        this.compare(played);
        return;
      case 'oops':
        this.deaths.push({ death: played.death!, line, text });
        return;
      case 'bug':
        // a BUG is certain: where the kernel went on, the model is wrong
        this.crashed(JSON.parse(text) as Step, line, 'went on', `BUG in ${crash!.where}: ${crash!.what}`);
        return;
      default: {
        const { scenario, seq } = JSON.parse(text) as Step;
        this.apart(line, scenario, seq, apart, crash?.where);
      }
    }
  }

  private compare({ text, model, line, counts }: Played): void {
    const { result } = this;
    result.steps++;
    if (text === model && counts !== null && counts.thp !== true) {
      countFields(text, counts, result.compared, this.hasHw);
      result.agreeing++;
      return;
    }
    this.player.checkDepth(text, line);
    const kernel = JSON.parse(text) as StepRecord;
    const ours = JSON.parse(model) as StepRecord;
    const found = compareRecords(kernel, ours, result.compared, this.pageSize);
    if (found.length === 0) result.agreeing++;
    else this.mismatch(kernel, line, found, ours);
  }

  private mismatch({ scenario, seq, mm, op }: Step, line: number, differences: Difference[], ours?: StepRecord): void {
    const { result, options } = this;
    for (const { field } of differences) result.differ[field]++;
    const arch = result.arch!;
    const mismatch = { file: this.task.file, line, arch, scenario, seq, mm, op, differences };
    const known = knownIndex(options.known, {
      arch,
      pageSize: this.pageSize,
      scenario,
      seq,
      op: op.name,
      fields: differences.map(({ field }) => field),
      frame: this.player.running?.frameAt(mm, op),
      printed: this.player.running?.hasPrinted ?? false,
      free: differences.every(({ where }) => isFree(ours?.dump?.frames[where])),
    });
    if (known >= 0) {
      result.known.push({ ...mismatch, known });
      return;
    }
    if (this.differs) return;
    this.differs = true;
    result.differing++;
    if (result.mismatches.length < options.max) result.mismatches.push(mismatch);
  }

  private apart(line: number, scenario: string, seq: number, kind: ApartKind, where: string | undefined): void {
    this.result.apart.push({ file: this.task.file, line, arch: this.result.arch!, scenario, seq, kind, where });
  }

  /** One of the two died and the other did not: a mismatch. */
  private crashed(step: Step, line: number, kernel: unknown, model: string): void {
    this.result.steps++;
    this.result.compared.crash++;
    this.mismatch(step, line, [{ field: 'crash', where: '', kernel, model }]);
  }

  /** The model could not play a step: our fault, and a mismatch. */
  private failed(text: string, line: number, error: unknown): void {
    this.broken = true;
    this.seen++;
    this.crashed(JSON.parse(text) as Step, line, 'went on', describeFailure(error));
  }
}

/** The record of a page of the allocator that has no reference left, under a label that the harness has kept. */
function isFree(frame: readonly unknown[] | undefined): boolean {
  return frame !== undefined && frame[0] === 0 && frame[1] === 0 && frame[2] === '';
}
