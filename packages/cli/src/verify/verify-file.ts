/** Plays one transcript on the model, and compares every step. */
import {
  findArchitecture,
  type Played,
  Player,
  readLineBatches,
  type StepRecord,
  TranscriptError,
} from '@specialbit/transcripts';
import { architectures } from '../architectures.js';
import { describeFailure } from '../failure.js';
import { compareRecords } from './compare-records.js';
import { countFields } from './count-fields.js';
import type { Difference } from './fields.js';
import { type KnownDivergence, knownIndex } from './known.js';
import { emptyResult, type FileResult } from './result.js';

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
  } catch (error) {
    verifier.result.error = describeFailure(error);
  }
  verifier.result.ms = performance.now() - started;
  return verifier.result;
}

const STEP = '{"scenario"';

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

  constructor(
    private readonly task: Task,
    private readonly options: VerifyOptions,
  ) {
    this.result = emptyResult(task.file);
    this.player = new Player(task.file, architectures, findArchitecture);
  }

  line(text: string, number: number): void {
    if (text === '') return;
    const isStep = text.startsWith(STEP);
    const mine = this.scenario % this.task.parts === this.task.part;
    if (isStep && (!mine || this.broken)) return;
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
        if (this.scenario % this.task.parts !== this.task.part) return;
        this.seen++;
        if (played.apart === null) this.compare(played);
        else this.apart(played, played.apart);
        return;
      case 'other':
        throw new TranscriptError(this.task.file, number, 'expected a header, begin or step record');
    }
  }

  /** At the end of the file. Throws when it was no transcript at all. */
  end(): void {
    if (this.result.arch === undefined) {
      throw new TranscriptError(this.task.file, 1, 'expected a header record, found an empty file');
    }
  }

  private header(): void {
    const header = this.player.transcriptHeader!;
    this.result.arch = header.arch;
    this.pageSize = header.page_size;
    this.hasHw = findArchitecture(architectures, header.arch)?.hw_pte !== undefined;
  }

  private compare({ text, model, line }: Played): void {
    const { result } = this;
    result.steps++;
    if (text === model && countFields(text, result.compared, this.hasHw)) {
      result.agreeing++;
      return;
    }
    const kernel = JSON.parse(text) as StepRecord;
    const found = compareRecords(kernel, JSON.parse(model) as StepRecord, result.compared, this.pageSize);
    if (found.length === 0) result.agreeing++;
    else this.mismatch(kernel, line, found);
  }

  private mismatch(kernel: StepRecord, line: number, differences: Difference[]): void {
    const { result, options } = this;
    for (const { field } of differences) result.differ[field]++;
    const { scenario, seq, mm, op } = kernel;
    const arch = result.arch!;
    const known = knownIndex(options.known, arch, scenario, seq);
    if (known >= 0) {
      result.known++;
      if (!result.knownSeen.includes(known)) result.knownSeen.push(known);
      return;
    }
    if (this.differs) return;
    this.differs = true;
    result.differing++;
    if (result.mismatches.length < options.max) {
      result.mismatches.push({ file: this.task.file, line, arch, scenario, seq, mm, op, differences });
    }
  }

  private apart({ text, line }: Played, reason: string): void {
    const { scenario, seq, mm, op, dump } = JSON.parse(text) as StepRecord;
    if (reason.startsWith('the model: BUG') && dump !== undefined) {
      // a BUG is certain: where the kernel went on, the model is wrong
      this.result.steps++;
      this.result.compared.crash++;
      const difference: Difference = { field: 'crash', where: '', kernel: 'went on', model: reason };
      this.mismatch({ scenario, seq, mm, op }, line, [difference]);
      return;
    }
    this.result.apart.push({ file: this.task.file, line, arch: this.result.arch!, scenario, seq, reason });
  }

  /** The model could not play a step: our fault, and a mismatch. */
  private failed(text: string, line: number, error: unknown): void {
    this.broken = true;
    this.seen++;
    this.result.steps++;
    this.result.compared.crash++;
    const difference: Difference = { field: 'crash', where: '', kernel: 'went on', model: describeFailure(error) };
    this.mismatch(JSON.parse(text) as StepRecord, line, [difference]);
  }
}
