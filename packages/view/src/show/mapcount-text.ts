// SPDX-License-Identifier: GPL-2.0-or-later
/** Map counts of large folios, lane beside lane: what each kernel counts, and what /proc reports from it. */
import type { FolioCounts, FolioOfProcess, PageRun, Reported } from '@specialbit/core/kernel';
import { count, MAIL_WIDTH, table, width, wrap } from '../text/table.js';

/** What a lane knows of the log's large folios. */
export interface MapcountLane {
  readonly name: string;
  readonly folios: readonly FolioCounts[];
}

type Row = readonly [name: string, ...cells: string[]];

/** How a lane counts: of any of its folios, since all are counted alike. */
function rulesText({ folios: [folio] }: MapcountLane): string {
  if (folio === undefined) return 'no large folio is mapped';
  const { page_mapcount, mm_id, total_mapped_pages } = folio.rules;
  const pages = page_mapcount ? 'a count for each page' : 'no counts of pages, an average of the folio';
  const owners = mm_id ? 'two owners' : 'no owners: the first page is asked';
  return `${pages}; ${owners}${total_mapped_pages ? '; all mapped pages in one sum (proposed)' : ''}`;
}

/** The report of all folios that some lane has. `after`: how many events were played. */
export function mapcountLines(lanes: readonly MapcountLane[], after: number): string[] {
  const letters = lanes.map((_, i) => String.fromCharCode(65 + i));
  const legend = table(
    lanes.map((lane, i) => [letters[i]!, lane.name, rulesText(lane)]),
    { wrapLast: true },
  );
  const labels = [...new Set(lanes.flatMap(({ folios }) => folios.map(({ label }) => label)))];
  const lines = [...legend, ''];
  if (labels.length === 0) return [...lines, ...wrap(`no large folio is mapped after ${events(after)}`)];
  for (const label of labels) {
    const folios = lanes.map((lane) => lane.folios.find((folio) => folio.label === label));
    lines.push(...folioLines(folios, letters, after), '');
  }
  return [
    ...lines,
    ...wrap(
      'What is reported and not exact has +n or -n behind it: by how much it is more or less than the page tables say.',
    ),
  ];
}

const events = (n: number): string => (n === 1 ? '1 event' : `${n} events`);

function folioLines(folios: readonly (FolioCounts | undefined)[], letters: readonly string[], after: number): string[] {
  const one = folios.find((folio) => folio !== undefined)!;
  const pages = count(2 ** one.order);
  const head = `${one.label}, ${one.kind}, order ${one.order} (${pages} pages), after ${events(after)}`;
  const rows: Row[] = [['', ...letters]];
  const row = (name: string, text: (folio: FolioCounts) => string | null): void => {
    const cells = folios.map((folio) => (folio === undefined ? '-' : (text(folio) ?? '-')));
    rows.push([name, ...cells]);
  };
  row('folio_mapcount()', ({ large_mapcount }) => count(large_mapcount));
  row('mapped as a whole', ({ entire_mapcount, rules }) => (rules.total_mapped_pages ? null : count(entire_mapcount)));
  row('pages with a count', ({ pages_mapped }) => (pages_mapped === null ? null : count(pages_mapped)));
  row('total mapped pages', ({ total_mapped_pages }) =>
    total_mapped_pages === null ? null : count(total_mapped_pages),
  );
  row(
    'owners',
    ({ owners }) => owners?.map((slot) => (slot === null ? 'free' : `${slot.mm}:${slot.mapcount}`)).join(' ') ?? null,
  );
  row('looks shared', ({ shared }) => yesNo(shared.reported) + (shared.reported === shared.exact ? '' : ' wrong'));
  row('references, pins', ({ refcount, pincount }) => `${count(refcount)}${pincount > 0 ? `, ${pincount}` : ''}`);
  row('deferred split list', ({ deferred, partially_mapped }) =>
    deferred ? (partially_mapped ? 'partial' : 'whole') : 'no',
  );
  row('mapped pages', ({ mapped_pages }) => count(mapped_pages));
  for (const [i, runs] of kpagecountRows(folios).entries()) rows.push([i === 0 ? 'kpagecount' : '', ...runs]);
  const mms = [...new Set(folios.flatMap((folio) => folio?.processes.map(({ mm }) => mm) ?? []))].sort((a, b) => a - b);
  for (const mm of mms) {
    const of = (text: (process: FolioOfProcess) => string) => (folio: FolioCounts) => {
      const process = folio.processes.find((found) => found.mm === mm);
      return process === undefined ? null : text(process);
    };
    row(`mm ${mm}`, of(entriesText));
    row(
      '  Rss',
      of(({ rss }) => kilobytes(rss)),
    );
    row(
      '  Pss',
      of(({ pss }) => reported(pss, 1024, ' kB')),
    );
    row(
      '  Private, Uss',
      of(({ uss }) => reported(uss, 1024, ' kB')),
    );
    if (folios.some((folio) => folio?.processes.some((process) => process.mm === mm && process.pmds > 0))) {
      const huge =
        one.kind === 'anonymous' ? '  AnonHugePages' : one.kind === 'shmem' ? '  ShmemPmdMapped' : '  FilePmdMapped';
      row(
        huge,
        of(({ anon_huge_pages, pmd_mapped }) => kilobytes(anon_huge_pages + pmd_mapped)),
      );
    }
    row(
      '  PM_MMAP_EXCLUSIVE',
      of(({ exclusive }) => reported(exclusive, 1, '')),
    );
    row(
      '  mapmax',
      of(({ mapmax }) => (mapmax.reported < 2 && mapmax.exact < 2 ? 'not shown' : reported(mapmax, 1, ''))),
    );
  }
  const beside = table(rows, { indent: 2, align: `l${'r'.repeat(folios.length)}` });
  if (beside.every((line) => width(line) <= MAIL_WIDTH)) return [head, ...beside];
  return [head, ...oneByOne(rows)];
}

/** What does not fit beside each other, below each other. */
function oneByOne(rows: readonly Row[]): string[] {
  const [[, ...letters], ...rest] = rows as [Row, ...Row[]];
  return rest.flatMap(([name, ...cells]) => {
    const alike = cells.every((cell) => cell === cells[0]);
    return alike ? [`  ${name}: ${cells[0]}`] : [`  ${name}:`, ...cells.map((cell, i) => `    ${letters[i]} ${cell}`)];
  });
}

const MOST_RUNS = 4;

/** `2 x 256`: the count, and of how many neighbours; rows of them, one a run. */
function kpagecountRows(folios: readonly (FolioCounts | undefined)[]): string[][] {
  const columns = folios.map((folio) => (folio === undefined ? ['-'] : runTexts(folio)));
  const length = Math.max(...columns.map((texts) => texts.length));
  return Array.from({ length }, (_, i) => columns.map((texts) => texts[i] ?? ''));
}

function runTexts({ kpagecount, order }: FolioCounts): string[] {
  const truth = expand(kpagecount.exact, 2 ** order);
  const said = expand(kpagecount.reported, 2 ** order);
  const texts: string[] = [];
  for (let first = 0; first < said.length; ) {
    let pages = 1;
    while (said[first + pages] === said[first] && truth[first + pages] === truth[first]) pages++;
    texts.push(`${reported({ reported: said[first]!, exact: truth[first]! }, 1, '')} x ${count(pages)}`);
    first += pages;
  }
  return texts.length <= MOST_RUNS
    ? texts
    : [...texts.slice(0, MOST_RUNS - 1), `and ${texts.length - MOST_RUNS + 1} runs`];
}

function expand(runs: readonly PageRun[], pages: number): number[] {
  const values = new Array<number>(pages).fill(0);
  for (const run of runs) values.fill(run.value, run.first, run.first + run.pages);
  return values;
}

function entriesText({ ptes, pmds }: FolioOfProcess): string {
  const texts = [pmds === 0 ? '' : plural(pmds, 'PMD'), ptes === 0 ? '' : plural(ptes, 'PTE')].filter(
    (text) => text !== '',
  );
  return texts.join(', ');
}

const plural = (n: number, what: string): string => `${count(n)} ${what}${n === 1 ? '' : 's'}`;
const yesNo = (yes: boolean): string => (yes ? 'yes' : 'no');
const kilobytes = (bytes: number): string => `${count(Math.floor(bytes / 1024))} kB`;

/** `1,024 kB -512`: what is reported, and by how much it is off. */
function reported({ reported: said, exact }: Reported, unit: number, suffix: string): string {
  const value = Math.floor(said / unit);
  const off = value - Math.floor(exact / unit);
  const by = off === 0 ? '' : ` ${off > 0 ? '+' : '-'}${count(Math.abs(off))}`;
  return `${count(value)}${suffix}${by}`;
}
