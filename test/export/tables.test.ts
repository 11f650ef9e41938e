// SPDX-License-Identifier: GPL-2.0-or-later
/** Tables of runs, as DuckDB reads them: the same in every format, and what a replay says of the end of every example. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatLog } from '@specialbit/events';
import { workload } from '@specialbit/workloads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from '../cli-time/in-process.testkit.js';
import { duckdb, type Query } from './duckdb.testkit.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = (readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' }) as string[])
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => join(root, 'examples', name));
/** As text it is compared for some logs: it goes the way of JSON Lines. */
const CSV_EVERY = 5;
const TABLES = ['events', 'entries', 'frames', 'vmas', 'rss', 'decisions'] as const;

let folder: string;
let query: Query;
let close: () => void;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'specialbit-tables-'));
  ({ query, close } = await duckdb());
});
/** Enough to tell what is wrong. */
const some5 = (sql: string): ReturnType<Query> => query(`${sql} LIMIT 5`);
afterAll(() => {
  close();
  rmSync(folder, { recursive: true });
});

interface Page {
  readonly level: string;
  readonly address: string;
  readonly raw: string;
  readonly kind: string;
  readonly decision: string | null;
  readonly verdict: string | null;
}
interface World {
  readonly lane: string;
  readonly processes: readonly {
    readonly mm: number;
    readonly rss: Readonly<Record<string, number>>;
    readonly vmas: readonly {
      readonly start: string;
      readonly end: string;
      readonly flags: string;
      readonly vm_pgoff: number;
      readonly ptes: readonly Page[];
    }[];
    readonly stray: readonly Page[];
  }[];
  readonly frames: readonly {
    readonly pfn: number;
    readonly valid: boolean;
    readonly count: number;
    readonly mapcount: number;
  }[];
}

/** The states at the end, as `replay` has them, as rows of the same columns. */
function rowsOf(log: number, worlds: readonly World[]): { readonly kind: string; readonly row: string }[] {
  const rows: { kind: string; row: string }[] = [];
  const add = (kind: string, ...values: unknown[]): void => void rows.push({ kind, row: [log, ...values].join(' ') });
  for (const { lane, processes, frames } of worlds) {
    for (const { mm, rss, vmas, stray } of processes) {
      add('rss', lane, mm, ...Object.values(rss));
      for (const { start, end, flags, vm_pgoff, ptes } of vmas) {
        add('vma', lane, mm, start, end, flags, vm_pgoff);
        for (const { decision, verdict, ...page } of ptes)
          if (decision !== null) add('decision', lane, mm, page.address, page.level, page.raw, decision, verdict);
      }
      for (const { address, level, raw, kind } of [...vmas.flatMap(({ ptes }) => ptes), ...stray])
        add('entry', lane, mm, address, level, raw, kind);
    }
    for (const { pfn, valid, count, mapcount } of frames) if (valid) add('frame', lane, pfn, count, mapcount);
  }
  return rows;
}

describe('every example', () => {
  it('is the same in Parquet, JSON Lines and CSV, and ends as a replay does', async () => {
    expect(examples.length).toBeGreaterThan(90);
    const ends: string[] = [];
    const mix = join(folder, 'mix.jsonl');
    const { header, events } = workload('driver-mix', { events: 800 });
    writeFileSync(mix, [...formatLog(header, events)].join(''));
    for (const [i, log] of [...examples, mix].entries()) {
      const at = join(folder, String(i));
      const lanes = log === mix ? ['--lane', 'x86_64,arm,m68k@6.1'] : [];
      for (const format of i % CSV_EVERY === 0 ? ['parquet', 'jsonl', 'csv'] : ['parquet', 'jsonl']) {
        const { code, err } = await inProcess(['export', log, '--format', format, '-o', at, ...lanes]);
        expect({ log, code, err }).toEqual({ log, code: 0, err: '' });
      }
      const { out } = await inProcess(['replay', log, '--no-events', '--json', ...lanes]);
      const { worlds } = JSON.parse(out.trimEnd().split('\n').at(-1)!) as { readonly worlds: readonly World[] };
      for (const row of rowsOf(i, worlds)) ends.push(JSON.stringify(row));
    }
    writeFileSync(join(folder, 'ends.jsonl'), `${ends.join('\n')}\n`);
    const log = `regexp_extract(filename, '(\\d+)/[a-z]+.parquet$', 1)`;
    for (const name of TABLES) {
      const types = await query(`DESCRIBE SELECT * FROM '${folder}/0/${name}.parquet'`);
      const columns = types.map(({ column_name, column_type }) => `'${column_name}': '${column_type}'`).join(', ');
      const parquet = `SELECT * EXCLUDE (filename), ${log} AS log FROM read_parquet('${folder}/*/${name}.parquet', filename = true)`;
      const jsonl = `SELECT * EXCLUDE (filename), regexp_extract(filename, '(\\d+)/[a-z]+.jsonl$', 1) AS log FROM read_json('${folder}/*/${name}.jsonl', filename = true, format = 'newline_delimited', columns = {${columns}})`;
      const csv = `SELECT * EXCLUDE (filename), regexp_extract(filename, '(\\d+)/[a-z]+.csv$', 1) AS log FROM read_csv('${folder}/*/${name}.csv', filename = true, header = true, quote = '"', escape = '"', allow_quoted_nulls = false, new_line = '\\n', columns = {${columns}})`;
      const [{ n }] = (await query(`SELECT count(*)::INTEGER AS n FROM (${parquet})`)) as [{ n: number }];
      expect({ name, n }).toMatchObject({ n: expect.any(Number) });
      expect(n).toBeGreaterThan(100);
      const some = `SELECT * FROM (${parquet}) WHERE log::INTEGER % ${CSV_EVERY} = 0`;
      for (const [one, other] of [
        [parquet, jsonl],
        [some, csv],
      ]) {
        expect(await some5(`(${one}) EXCEPT ALL (${other})`), `${name}: only in Parquet`).toEqual([]);
        expect(await some5(`(${other}) EXCEPT ALL (${one})`), `${name}: not in Parquet`).toEqual([]);
      }
    }
    // the newest row of each thing is what a replay says of the end
    const table = (name: string): string => `read_parquet('${folder}/*/${name}.parquet', filename = true)`;
    const newest = (name: string, key: string): string =>
      `(SELECT *, ${log} AS log FROM ${table(name)} QUALIFY row_number() OVER (PARTITION BY filename, lane, ${key} ORDER BY event DESC) = 1)`;
    const at = (...columns: string[]): string => `concat_ws(' ', log, lane, ${columns.join(', ')})`;
    const states: Readonly<Record<string, string>> = {
      entry: `SELECT ${at('mm', 'address', 'level', 'raw', 'kind')} AS row FROM ${newest('entries', 'mm, page, level')} WHERE kind <> 'none'`,
      decision: `SELECT ${at('mm', 'address', 'level', 'raw', 'decision', 'verdict')} AS row FROM (SELECT *, ${log} AS log FROM ${table('decisions')})`,
      vma: `SELECT ${at('mm', 'start_address', 'end_address', 'vm_flags', 'vm_pgoff')} AS row FROM ${newest('vmas', 'vma')} WHERE change <> 'gone'`,
    };
    const ended = (kind: string): string =>
      `SELECT row FROM read_json('${folder}/ends.jsonl', columns = {kind: 'VARCHAR', row: 'VARCHAR'}) WHERE kind = '${kind}'`;
    for (const [kind, state] of Object.entries(states)) {
      expect(await some5(`(${state}) EXCEPT ALL (${ended(kind)})`), `${kind}: not so in a replay`).toEqual([]);
      expect(await some5(`(${ended(kind)}) EXCEPT ALL (${state})`), `${kind}: only in a replay`).toEqual([]);
    }
    // of frames and counters: what a row says, where there is one
    for (const [kind, name, key, columns] of [
      ['frame', 'frames', 'pfn', ['pfn', 'refcount', 'mapcount']],
      ['rss', 'rss', 'mm', ['mm', 'MM_FILEPAGES', 'MM_ANONPAGES', 'MM_SHMEMPAGES', 'MM_SWAPENTS']],
    ] as const) {
      // the counts of a folio stand with its first frame
      const own = name === 'frames' ? '(folio IS NULL OR folio = frame)' : 'true';
      const there = `SELECT ${at(...columns)} AS row, ${at(key)} AS key, ${own} AS own FROM ${newest(name, key)}`;
      const wrong = `SELECT t.row, e.row AS replayed FROM (${there}) t JOIN (SELECT row, string_split(row, ' ')[1:3].array_to_string(' ') AS key FROM (${ended(kind)})) e ON t.key = e.key WHERE t.row <> e.row AND t.own`;
      const [{ n }] = (await query(`SELECT count(*)::INTEGER AS n FROM (${there})`)) as [{ n: number }];
      expect(n).toBeGreaterThan(50);
      expect(await some5(wrong), kind).toEqual([]);
    }
  });

  it('returns what a replay returns', async () => {
    for (const i of [0, 5, 20, 60]) {
      const { out } = await inProcess(['replay', examples[i]!, '--json']);
      const lines = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const replayed = lines
        .slice(0, -1)
        .flatMap(({ number, lanes }) =>
          Object.entries((lanes ?? {}) as Record<string, { returned: string }>).map(
            ([lane, { returned }]) => `${number} ${lane} ${returned}`,
          ),
        );
      const rows = await query(
        `SELECT concat_ws(' ', event, lane, returned) AS row FROM '${folder}/${i}/events.parquet' WHERE returned IS NOT NULL`,
      );
      expect(rows.map(({ row }) => row).sort()).toEqual(replayed.sort());
    }
  });
});

describe('a table', () => {
  it('of more rows than a group has is whole', async () => {
    const log = join(folder, 'large.jsonl');
    writeFileSync(
      log,
      '{"specialbit":1,"files":{"dev":"device"}}\n{"type":"mmap","label":"a","pages":21000,"prot":"rw","file":"dev","call":[{"type":"remap_pfn_range","frame":"0x100000","pages":21000}]}\n',
    );
    const at = join(folder, 'large');
    expect(await inProcess(['export', log, '--format', 'parquet', '-o', at, '--json'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('"rows": 21000'),
    });
    expect(
      await query(
        `SELECT count(*)::INTEGER AS n, min(pfn)::VARCHAR AS first, sum(pfn)::VARCHAR AS pfns, (SELECT count(*)::INTEGER FROM '${at}/decisions.parquet') AS d FROM '${at}/entries.parquet'`,
      ),
    ).toEqual([{ n: 21000, first: String(0x100000), pfns: String(21000 * 0x100000 + (21000 * 20999) / 2), d: 21000 }]);
    expect(
      await query(`SELECT key::VARCHAR AS key FROM parquet_kv_metadata('${at}/entries.parquet') ORDER BY key`),
    ).toHaveLength(2);
  });

  it('ends at a moment', async () => {
    const at = join(folder, 'at');
    await inProcess([
      'export',
      join(root, 'examples/s13-cow-linear-rule.jsonl'),
      '--format',
      'csv',
      '-o',
      at,
      '--at',
      '3',
    ]);
    expect(readFileSync(join(at, 'events.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(1 + 2 * 3);
  });

  it('is not there where anything went wrong, and what was there stays', async () => {
    const at = join(folder, 'wrong');
    mkdirSync(at);
    writeFileSync(join(at, 'events.csv'), 'mine\n');
    const log = join(folder, 'wrong.jsonl');
    writeFileSync(
      log,
      '{"specialbit":1}\n{"type":"mmap","label":"a","pages":1,"prot":"rw"}\n{"type":"read","at":"b"}\n',
    );
    const wrong = async (...args: string[]): Promise<string> => {
      const { code, out, err } = await inProcess(['export', log, ...args]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      return err;
    };
    expect(await wrong('--format', 'csv', '-o', at)).toMatch(/wrong\.jsonl:3: at: no such mapping: b/);
    expect(readdirSync(at)).toEqual(['events.csv']);
    expect(readFileSync(join(at, 'events.csv'), 'utf8')).toBe('mine\n');
    expect(await wrong('--format', 'csv')).toMatch(/expected -o with a folder/);
    expect(await wrong('--format', 'parquet', '-o', join(at, 'events.csv'))).toMatch(
      /events\.csv: cannot be written: ENOTDIR/,
    );
    expect(await wrong('--format', 'parquet', '-o', '/proc/nowhere')).toMatch(/nowhere: cannot be written: E/);
    expect(await wrong('--format', 'csv', '-o', at, '--at', '1,2')).toMatch(/tables end at one moment/);
    expect(await wrong('--format', 'csv', '-o', at, '--at', '9')).toMatch(/has \d events|at: /);
    expect(existsSync('/proc/nowhere')).toBe(false);
    expect(readdirSync(at)).toEqual(['events.csv']);
  });
});

describe('the queries of docs/export.md', () => {
  const file = join(root, 'docs/export.md');
  const QUERY = /^```sql\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```\n/gm;

  it('answer what stands there', async () => {
    const { asText } = await import('./duckdb.testkit.js');
    const log = join(root, 'examples/s13-cow-linear-rule.jsonl');
    await inProcess(['export', log, '--format', 'parquet', '-o', join(folder, 'run')]);
    await inProcess(['export', log, '--format', 'parquet', '-o', join(folder, 'run3'), '--at', '3']);
    let text = readFileSync(file, 'utf8');
    const shown = [...text.matchAll(QUERY)];
    expect(shown).toHaveLength(3);
    for (const [whole, sql, expected] of shown) {
      const answer = asText(await query(sql!.replace(/'(run3?\/)/g, `'${folder}/$1`)));
      if (process.env.UPDATE_DOCS === '1')
        text = text.replace(whole, () => `\`\`\`sql\n${sql}\`\`\`\n\n\`\`\`text\n${answer}\`\`\`\n`);
      else expect(answer).toBe(expected);
    }
    if (process.env.UPDATE_DOCS === '1') writeFileSync(file, text);
  });
});
