/** Plays a transcript on the model, record by record. */
import type { Architecture } from '@specialbit/core/arch';
import type { BeginRecord, StepRecord, TranscriptHeader } from './format.js';
import { Lab } from './lab.js';
import { LabSetup } from './lab-setup.js';
import { TranscriptError } from './read.js';

/** A record of a transcript beside what the model says. */
export interface Played {
  readonly line: number;
  readonly kind: 'header' | 'begin' | 'step' | 'other';
  /** The record as it stands in the file. */
  readonly text: string;
  /** The record as the model has it; the same text for what the model does not produce. */
  readonly model: string;
  /** Why the step is counted apart: the kernel or a worker died in it, or the model says that it would. */
  readonly apart: string | null;
}

/** A file whose first scenario has a higher index is a later part of a run: the machine has been up for a while. */
const FRESH_INDEX = 3;
/** swap_cluster_readahead() of a machine where readahead found nothing to use. */
const SETTLED = { prev_offset: 0, hits: 0, last_pages: 1 };

const STEP_START = '{"scenario":"';

export class Player {
  private header: TranscriptHeader | undefined;
  private arch: Architecture | undefined;
  private lab: Lab | undefined;
  private setup: LabSetup | undefined;
  /** Of the begin record that `setup` was made for: everything that is not the scenario's own. */
  private setupKey = '';
  private dead = false;

  constructor(
    private readonly file: string,
    private readonly architectures: readonly Architecture[],
    private readonly find: (known: readonly Architecture[], name: string) => Architecture | undefined,
  ) {}

  get transcriptHeader(): TranscriptHeader | undefined {
    return this.header;
  }

  /** Plays one line. Throws TranscriptError for a line that is no record. */
  play(text: string, line: number): Played {
    if (text.startsWith(STEP_START)) return this.step(text, line);
    const record = this.parse(text, line);
    if ('header' in record) {
      this.begin(record as unknown as TranscriptHeader, line);
      return { line, kind: 'header', text, model: text, apart: null };
    }
    if ('begin' in record) {
      if (this.header === undefined || this.arch === undefined)
        throw this.error(line, 'a scenario begins before the header record');
      const begin = record as unknown as BeginRecord;
      const previous = this.lab;
      this.lab = new Lab(this.setupOf(this.arch, this.header, begin));
      // the machine stays up between scenarios, and is started again after it died
      const { swap } = this.lab.kernel;
      if (previous !== undefined && !this.dead) swap.cluster = previous.kernel.swap.cluster;
      else if (previous === undefined && begin.index > FRESH_INDEX) swap.cluster = SETTLED;
      this.dead = false;
      return { line, kind: 'begin', text, model: text, apart: null };
    }
    if ('scenario' in record) return this.step(text, line);
    return { line, kind: 'other', text, model: text, apart: null };
  }

  private begin(header: TranscriptHeader, line: number): void {
    this.header = header;
    this.setup = undefined;
    this.arch = this.find(this.architectures, header.arch);
    if (this.arch === undefined) {
      const known = this.architectures.map((a) => a.name).join(', ');
      throw this.error(line, `arch: expected one of ${known}; found ${JSON.stringify(header.arch)}`);
    }
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
    if (lab === undefined) throw this.error(line, 'a step before the first begin record');
    const head = this.readHead(text, line);
    if (head.op === undefined) {
      // the kernel died here; nothing of this scenario follows
      this.dead = true;
      const model = `{"scenario":${JSON.stringify(head.scenario)},"seq":${head.seq},"oops":[]}`;
      return { line, kind: 'step', text, model, apart: 'oops' };
    }
    if (this.dead) return { line, kind: 'step', text, model: text, apart: 'after an oops' };
    const alloc = this.allocations(text, line);
    const result = lab.step({ scenario: head.scenario, seq: head.seq, mm: head.mm, op: head.op, alloc });
    let apart: string | null = null;
    if (text.includes('"would":"worker-')) apart = 'worker';
    if (result.outcome?.crash != null) {
      this.dead = true;
      apart = `the model: ${result.outcome.crash.kind} in ${result.outcome.crash.where}`;
    }
    return { line, kind: 'step', text, model: result.line, apart };
  }

  /** scenario, seq, mm and op stand at the start of a record; the rest need not be parsed. */
  private readHead(
    text: string,
    line: number,
  ): Pick<StepRecord, 'scenario' | 'seq' | 'mm'> & { readonly op?: StepRecord['op'] } {
    const end = text.indexOf('},"ret":');
    if (end > 0) {
      const cut = `${text.slice(0, end + 1)}}`;
      try {
        return JSON.parse(cut) as StepRecord;
      } catch {
        // an argument with a brace in it: read the whole record
      }
    }
    const record = this.parse(text, line) as unknown as StepRecord;
    if (typeof record.scenario !== 'string' || typeof record.seq !== 'number') {
      throw this.error(line, 'expected a step record with "scenario" and "seq"');
    }
    return record;
  }

  /** The pfns that the real allocator chose for pages that this step shows for the first time. */
  private allocations(text: string, line: number): ReadonlyMap<string, number> {
    const next = this.lab!.labels.next;
    // `A12"` and not `"A12"`: quotes are everywhere, and the search looks for the first letter
    const shown = text.includes(`A${next.A}"`) || text.includes(`F${next.F}"`);
    if (!shown && (text.includes('"dump":') || !text.includes('"alloc":'))) return NONE;
    const record = this.parse(text, line) as unknown as StepRecord;
    const found = new Map<string, number>();
    if (record.alloc !== undefined) {
      for (const [label, pfn] of Object.entries(record.alloc)) found.set(label, Number.parseInt(pfn, 16));
    }
    for (const mm of record.dump?.mms ?? []) {
      for (const vma of mm.vmas) {
        for (const entry of vma.pt) {
          if (entry[2] === 'swap') continue;
          const label = entry[4];
          if (typeof label !== 'string' || !isNew(label, next) || found.has(label)) continue;
          found.set(label, Number.parseInt(entry[3] as string, 16));
        }
      }
    }
    return sorted(found);
  }

  private parse(text: string, line: number): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    } catch {
      // said below
    }
    throw this.error(line, `expected a JSON record; found ${JSON.stringify(text.slice(0, 40))}`);
  }

  private error(line: number, problem: string): TranscriptError {
    return new TranscriptError(this.file, line, problem);
  }
}

const NONE: ReadonlyMap<string, number> = new Map();

function isNew(label: string, next: { readonly A: number; readonly F: number }): boolean {
  if (label[0] === 'A') return Number(label.slice(1)) >= next.A;
  return label[0] === 'F' && Number(label.slice(1)) >= next.F;
}

/** A labels first, each kind in its order. */
function sorted(found: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const key = (label: string): number => (label[0] === 'A' ? 0 : 1e9) + Number(label.slice(1));
  return new Map([...found].sort((a, b) => key(a[0]) - key(b[0])));
}
