// SPDX-License-Identifier: GPL-2.0-or-later
/** The program: a function for each event, which makes it and looks at what came of it. */
import type { Outcome } from '@specialbit/core';
import { type LogHeader, MAP_FLAGS, MREMAP_FLAGS } from '@specialbit/events';
import { protText } from './driver-calls.js';
import type { FrameRun, Not } from './frames.js';
import type { LaneGroups } from './lane-groups.js';
import { watchedFrames } from './module-text.js';
import { CLUSTER_BYTES, spotText } from './places.js';
import type { Plan, PlannedStep, Want } from './plan.js';
import { RUNTIME, RUNTIME_DRIVER, RUNTIME_PLAY } from './program-runtime.js';

/** C strings. */
export const quote = (text: string): string => JSON.stringify(text).replaceAll('\\u007f', '');

export interface ProgramParts {
  readonly plan: Plan;
  readonly groups: LaneGroups;
  readonly runs: readonly FrameRun[];
  readonly devices: readonly string[];
  /** For each step the C that makes it: expressions and statements, or undefined where it is left out. */
  readonly acts: readonly (Act | undefined)[];
}

/** How the program makes an event. */
export interface Act {
  readonly lines: readonly string[];
  /**
   * What of the outcome is looked at: `ret`: a number that the lines leave in `ret`; `touch`: signal, value and calls of
   * handlers; `byte`: a number and a value.
   */
  readonly sees: 'ret' | 'touch' | 'byte' | 'nothing';
}

const { MAP_SHARED, MAP_PRIVATE, MAP_DROPPABLE, MAP_FIXED, MAP_ANONYMOUS } = MAP_FLAGS;
const { MREMAP_MAYMOVE, MREMAP_FIXED, MREMAP_DONTUNMAP } = MREMAP_FLAGS;
/** Advices that libc's headers may not have: by number, as in asm-generic/mman-common.h. */
const ADVICE: Readonly<Record<string, number>> = {
  MADV_COLD: 20,
  MADV_PAGEOUT: 21,
  MADV_POPULATE_READ: 22,
  MADV_POPULATE_WRITE: 23,
  MADV_DONTNEED_LOCKED: 24,
  MADV_COLLAPSE: 25,
};

/** Why the program has no file of that name; undefined: it has. */
export function fileProblem(header: LogHeader, name: string): string | undefined {
  const spec = header.files?.[name];
  if (spec === undefined) return `no file ${name}`;
  if (spec.kind === 'file') return "a file of a disk: which file system it lies on is not the program's to choose";
  if (spec.kind === 'hugetlbfs') return 'a file of hugetlbfs';
  return undefined;
}

/** How the program makes an event that needs no driver, or the driver's ->mmap only. */
export function actOf({ played, at, to }: PlannedStep, header: LogHeader): Act | Not {
  const { event } = played;
  const here = spotText(at);
  const sized = (pages: number): string => `${pages} * page`;
  const call = (text: string): Act => ({ lines: [`ret = ${text} ? -errno : 0;`], sees: 'ret' });
  switch (event.type) {
    case 'mmap':
    case 'mmap.begin': {
      const prot = protText(event.prot);
      if (typeof prot !== 'string') return prot;
      const left = event.flags & ~(MAP_SHARED | MAP_PRIVATE | MAP_DROPPABLE | MAP_FIXED | MAP_ANONYMOUS);
      if (left !== 0) return { not: `flags 0x${left.toString(16)} of mmap` };
      const problem = event.file === undefined ? undefined : fileProblem(header, event.file);
      if (problem !== undefined) return { not: problem };
      const flags = ['MAP_FIXED'];
      if ((event.flags & MAP_SHARED) !== 0) flags.push('MAP_SHARED');
      else
        flags.push(
          (event.flags & MAP_DROPPABLE) !== 0 ? `0x${MAP_DROPPABLE.toString(16)} /* MAP_DROPPABLE */` : 'MAP_PRIVATE',
        );
      if (event.file === undefined) flags.push('MAP_ANONYMOUS');
      const file = event.file === undefined ? '-1' : `file_${event.file}${event.file_readonly === true ? '_ro' : ''}`;
      const next =
        event.file !== undefined && header.files?.[event.file]?.kind === 'device'
          ? [`next_mmap(${file}, ${played.number});`]
          : [];
      const where = to === undefined ? here : spotText(to);
      return {
        lines: [
          ...next,
          `ret = map(${where}, ${sized(event.pages)}, ${prot}, ${flags.join(' | ')}, ${file}, ${event.pgoff} * page);`,
        ],
        sees: 'ret',
      };
    }
    case 'munmap':
      return call(`munmap(${here}, ${sized(event.pages)})`);
    case 'mlock':
    case 'munlock':
      return call(`${event.type}(${here}, ${sized(event.pages)})`);
    case 'mseal':
      return call(`syscall(462 /* mseal */, ${here}, ${sized(event.pages)}, 0UL)`);
    case 'mprotect': {
      const prot = protText(event.prot);
      return typeof prot === 'string' ? call(`mprotect(${here}, ${sized(event.pages)}, ${prot})`) : prot;
    }
    case 'madvise': {
      const number = ADVICE[event.advice];
      if (event.advice.startsWith('MADV_') === false) return { not: `advice ${event.advice}` };
      const advice = number === undefined ? event.advice : `${number} /* ${event.advice} */`;
      return call(`madvise(${here}, ${sized(event.pages)}, ${advice})`);
    }
    case 'mremap': {
      const known = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
      if ((event.flags & ~known) !== 0) return { not: 'flags of mremap' };
      const moved = to !== undefined && (at === undefined || to.cluster !== at.cluster || to.page !== at.page);
      const names = Object.entries({ MREMAP_MAYMOVE, MREMAP_FIXED }).filter(
        ([, bit]) => (event.flags & bit) !== 0 || (moved && event.flags !== 0),
      );
      const flags = [
        ...names.map(([name]) => name),
        ...((event.flags & MREMAP_DONTUNMAP) !== 0 ? ['4 /* MREMAP_DONTUNMAP */'] : []),
      ];
      return {
        lines: [
          `ret = remap(${here}, ${sized(event.pages)}, ${sized(event.new_pages)}, ${flags.join(' | ') || '0'}, ${moved ? spotText(to) : here});`,
        ],
        sees: 'ret',
      };
    }
    case 'access':
      if (event.op === 'exec') return { not: 'code that runs in the mapping' };
      if (event.raced === true) return { not: 'a fault that another one overtakes' };
      return {
        lines: [event.op === 'read' ? `touch(${here}, -1);` : `touch(${here}, ${event.value ?? 1});`],
        sees: 'touch',
      };
    case 'fork':
      return { lines: [`ret = fork_process(${event.child});`], sees: 'ret' };
    case 'exit':
      return { lines: ['exit_process();'], sees: 'nothing' };
    case 'access_process_vm':
      return {
        lines: [event.write ? `ret = self_mem(${here}, ${event.value ?? 1});` : `ret = self_mem(${here}, -1);`],
        sees: 'byte',
      };
    case 'truncate':
    case 'fwrite':
    case 'fpunch': {
      const problem = fileProblem(header, event.file);
      if (problem !== undefined) return { not: problem };
      const file = `file_${event.file}`;
      if (event.type === 'truncate') return call(`ftruncate(${file}, ${sized(event.pages)})`);
      if (event.type === 'fwrite')
        return { lines: [`ret = write_pages(${file}, ${event.pgoff}, ${event.pages}, ${event.value});`], sees: 'ret' };
      return call(`fallocate(${file}, 3 /* PUNCH_HOLE | KEEP_SIZE */, ${sized(event.pgoff)}, ${sized(event.pages)})`);
    }
    case 'tune':
      if (event.key.includes('nr_')) return { not: 'pools of hugetlb' };
      return { lines: [`ret = tune(${quote(event.key)}, ${quote(event.value)});`], sees: 'ret' };
    case 'prctl':
      return call(`prctl(67 /* PR_SET_MEMORY_MERGE */, ${Number(event.value)}, 0, 0, 0)`);
    default:
      return { not: `${event.type}: no call that a program can make` };
  }
}

export function programText({ plan, groups, runs, devices, acts }: ProgramParts): string {
  const { steps, header, begins } = plan;
  const functions: string[] = [];
  const rows: string[] = [];
  const lastVmas = new Map<number, Map<string, readonly (string | null)[]>>();
  const lastFrames = new Map<string, readonly (string | null)[]>();
  for (const [i, step] of steps.entries()) {
    const act = acts[i];
    if (act === undefined) continue;
    const { number } = step.played;
    const wants = groups.representatives.map((lane) => step.wants[lane]!);
    const body = [
      ...fatalLines(wants, groups),
      ...(act.sees === 'touch' || act.sees === 'byte' ? ['forget();'] : []),
      ...act.lines,
      ...afterLines(wants, groups),
      ...seenLines(act, wants, groups),
      ...(step.played.event.type === 'exit' ? [] : vmaLines(step, wants, groups, lastVmas)),
      ...frameLines(wants, groups, lastFrames),
    ];
    const text = describeStep(step);
    functions.push(
      [
        `/* ${text.replaceAll('*/', '* /')} */`,
        `static void event_${number}(void)`,
        '{',
        ...(act.lines.some((line) => line.startsWith('ret = ')) ? ['\tlong ret;', ''] : []),
        ...body.map((line) => `\t${line}`),
        '}',
      ].join('\n'),
    );
    const skips = groups.pickNumber(wants.map((want) => (want === null ? 1 : 0)));
    rows.push(
      `\t{ ${number}, ${step.mm}, event_${number}, ${quote(shortText(step))}, ${skips === '0' ? '{ 0 }' : `{ ${wants.map((want) => Number(want === null)).join(', ')} }`} },`,
    );
  }
  const watched = watchedFrames(runs);
  const tmpfs = Object.entries(header.files ?? {}).filter(([, { kind }]) => kind === 'shmem');
  const used = (name: string): boolean =>
    acts.some((act) => act?.lines.some((line) => new RegExp(`\\bfile_${name}(_ro)?\\b`).test(line)));
  const files = [
    ...devices.map((name) => ({
      name,
      open: `open_device(${quote(`/dev/repro-${name}`)}, O_RDWR)`,
      ro: `open_device(${quote(`/dev/repro-${name}`)}, O_RDONLY)`,
    })),
    ...tmpfs
      .filter(([name]) => used(name))
      .map(([name, spec]) => ({
        name,
        open: `tmpfs_file(${quote(name)}, ${spec.pages}, ${quote(spec.huge ?? '')}, (unsigned char[]){ ${(spec.content ?? []).join(', ') || '0'} }, ${spec.content?.length ?? 0}, ${Number(spec.unlinked === true)})`,
        ro: `reopen(file_${name})`,
      })),
  ];
  const control = devices[0] === undefined ? '' : `file_${devices[0]}`;
  return [
    `// SPDX-License-Identifier: GPL-2.0\n/*\n * ${(header.title ?? 'A log of specialbit').replaceAll('*/', '* /')}\n *\n * The program makes the events of the log, one after the other, and looks at what\n * it can see after each: TAP on standard output. It needs the module, and root.\n */`,
    RUNTIME.replace('@LANES@', groups.lanesText())
      .replace('@GROUPS@', String(groups.representatives.length))
      .replace('@CLUSTER@', `0x${CLUSTER_BYTES.toString(16)}`)
      .replace('@BEGINS@', begins.join(', ') || '0'),
    files
      .flatMap(({ name }) => [
        `static int file_${name} = -1;`,
        `static int __attribute__((unused)) file_${name}_ro = -1;`,
      ])
      .join('\n') || '',
    ...(devices.length === 0 ? ['static int file_repro = -1;'] : []),
    `static const struct { const char *name; int first, count; } frames[] = {\n${watched.map(({ run, first, count }) => `\t{ ${quote(run.name)}, ${first}, ${count} },`).join('\n') || '\t{ "", 0, 0 },'}\n};`,
    CONTROL.replaceAll('@CONTROL@', control === '' ? 'file_repro' : control),
    RUNTIME_DRIVER,
    ...functions,
    `static const struct step steps[] = {\n${rows.join('\n') || '\t{ 0, 0, NULL, "", { 0 } },'}\n};`,
    `static void open_files(void)\n{\n${files
      .map(({ name, open, ro }) =>
        [
          `\tfile_${name} = ${open};`,
          ...(acts.some((act) => act?.lines.some((line) => line.includes(`file_${name}_ro`)))
            ? [`\tfile_${name}_ro = ${ro};`]
            : []),
        ].join('\n'),
      )
      .join('\n')}${devices.length === 0 ? '\n\tfile_repro = open_device("/dev/repro-repro", O_RDWR);' : ''}\n}`,
    settingsText(header),
    `/* address spaces that are there from the start */\nstatic const unsigned long first_processes = 0x${firstProcesses(plan).toString(16)};`,
    RUNTIME_PLAY,
    MAIN,
  ]
    .join('\n\n')
    .concat('\n');
}

/** Bits of the processes that no fork makes. */
function firstProcesses({ steps }: Plan): number {
  const forked = new Set(steps.flatMap(({ played: { event } }) => (event.type === 'fork' ? [event.child] : [])));
  let bits = 1;
  for (const { mm } of steps) if (!forked.has(mm)) bits |= 1 << mm;
  return bits;
}

function settingsText(header: LogHeader): string {
  const lines =
    header.thp === undefined ? [['enabled', 'never'] as const] : Object.entries({ enabled: 'madvise', ...header.thp });
  return `/* as the model has them */\nstatic void settings(void)\n{\n${lines.map(([key, value]) => `\ttune(${quote(key)}, ${quote(value)});`).join('\n')}\n}`;
}

function outcomes(wants: readonly Want[]): (Outcome | null)[] {
  return wants.map((want) => want?.outcome ?? null);
}

/** What kills the kernel, or never returns, is made only where it was asked for. */
function fatalLines(wants: readonly Want[], groups: LaneGroups): string[] {
  const deadly = outcomes(wants).map((outcome) =>
    outcome === null
      ? null
      : outcome.crash !== null
        ? `${outcome.crash.kind}: ${outcome.crash.what} in ${outcome.crash.where}`
        : outcome.hang
          ? 'hang'
          : '',
  );
  if (deadly.every((text) => text === null || text === '')) return [];
  return [`if (deadly(${groups.pickText(deadly)}))`, '\treturn;'];
}

function afterLines(wants: readonly Want[], groups: LaneGroups): string[] {
  const dead = outcomes(wants).map((outcome) =>
    outcome === null ? null : outcome.crash !== null || outcome.hang ? 1 : 0,
  );
  return dead.some((one) => one === 1) ? [`survived(${groups.pickNumber(dead)});`] : [];
}

function seenLines({ sees }: Act, wants: readonly Want[], groups: LaneGroups): string[] {
  const of = outcomes(wants);
  const number = (get: (outcome: Outcome) => number | null): string =>
    groups.pickNumber(
      of.map((outcome) => (outcome === null || outcome.crash !== null || outcome.hang ? null : get(outcome))),
    );
  const lines: string[] = [];
  if (sees === 'ret') lines.push(`returned(ret, ${number(({ ret, mapped }) => (mapped >= 0 ? 0 : ret))});`);
  if (sees === 'byte') lines.push(`returned(ret, ${number(({ ret }) => ret)});`);
  if (sees === 'touch')
    lines.push(`signal_is(${number(({ signal }) => (signal === 'SIGSEGV' ? 11 : signal === 'SIGBUS' ? 7 : 0))});`);
  if (sees === 'touch' || sees === 'byte') {
    if (of.some((outcome) => outcome?.value !== null && outcome !== null))
      lines.push(`value_is(${number(({ value }) => value)});`);
  }
  if (sees === 'touch') {
    const calls = [0, 1, 2].map((i) => number((outcome) => outcome.calls[i]!));
    lines.push(`calls_are(${calls.join(', ')});`);
  }
  const kinds = of.map((outcome) =>
    outcome === null ? null : outcome.messages.filter(({ kind }) => kind.startsWith('bad ')).length,
  );
  if (kinds.some((n) => n !== null && n > 0)) lines.push(`kernel_says(${groups.pickNumber(kinds)});`);
  return lines;
}

function vmaLines(
  step: PlannedStep,
  wants: readonly Want[],
  groups: LaneGroups,
  last: Map<number, Map<string, readonly (string | null)[]>>,
): string[] {
  const before = last.get(step.mm) ?? new Map<string, readonly (string | null)[]>();
  const now = new Map<string, (string | null)[]>();
  for (const [i, want] of wants.entries()) {
    for (const { start, text } of want?.vmas ?? []) {
      const spot = want!.spots.get(start);
      if (spot === undefined) continue;
      const key = spotText(spot);
      const row = now.get(key) ?? wants.map((other) => (other === null ? null : 'none'));
      row[i] = text;
      now.set(key, row);
    }
  }
  const lines: string[] = [];
  if (wants.some((want) => want !== null && (want.outcome.crash !== null || want.outcome.hang))) return [];
  for (const key of new Set([...now.keys(), ...before.keys()])) {
    const row = now.get(key) ?? wants.map((want) => (want === null ? null : 'none'));
    if (JSON.stringify(row) === JSON.stringify(before.get(key))) continue;
    lines.push(`vma_is(${key}, ${groups.pickText(row)});`);
  }
  last.set(step.mm, now);
  return lines;
}

function frameLines(
  wants: readonly Want[],
  groups: LaneGroups,
  last: Map<string, readonly (string | null)[]>,
): string[] {
  const labels = new Set(wants.flatMap((want) => [...(want?.frames.keys() ?? [])]));
  const lines: string[] = [];
  if (wants.some((want) => want !== null && (want.outcome.crash !== null || want.outcome.hang))) return [];
  for (const label of labels) {
    const row = wants.map((want) => want?.frames.get(label) ?? null);
    const before = last.get(label) ?? wants.map(() => (label === '' ? null : FRESH(label)));
    last.set(label, row);
    if (row.every((text, i) => text === null || text === before[i] || (before[i] === FRESH(label) && fresh(text))))
      continue;
    lines.push(`page_is(${quote(label)}, ${groups.pickText(row)});`);
  }
  return lines;
}

/** Before the first event: a reference of the module, no mapping. */
const FRESH = (_label: string): string => 'count 1, mapcount 0';
const fresh = (text: string): boolean => text === 'count 1, mapcount 0' || text === 'count 1';

/** `munmap win, 1 page`. */
export function shortText({ played: { event } }: PlannedStep): string {
  const { at, label, frame, file } = event as {
    readonly at?: { label?: string; page?: number; addr?: number };
    readonly label?: string;
    readonly frame?: { label?: string };
    readonly file?: string;
  };
  const place =
    at === undefined
      ? label
      : at.label === undefined
        ? `0x${(at.addr ?? 0).toString(16)}`
        : at.page === 0
          ? at.label
          : `${at.label}[${at.page}]`;
  const op = event.type === 'access' ? event.op : event.type === 'madvise' ? `madvise ${event.advice}` : event.type;
  return [op, place, frame?.label, event.type === 'unmap_mapping_range' ? file : undefined]
    .filter((part) => part !== undefined)
    .join(' ');
}

function describeStep(step: PlannedStep): string {
  return `event ${step.played.numbers.join(', ')}: ${shortText(step)}`;
}

const CONTROL = `static int control(void)
{
	return @CONTROL@;
}`;

const MAIN = `int main(int argc, char **argv)
{
	return play(argc, argv, sizeof(steps) / sizeof(steps[0]));
}`;
