// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit export LOG --format parquet|csv|jsonl -o DIR`: a run as tables, one file each. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LaneOptions } from '@specialbit/core';
import { count, type NumberedEvent, referenceError, table } from '@specialbit/view';
import { InputError, UsageError } from '../../failure.js';
import { lanesOf } from '../../log/lane.js';
import { type OpenedLog, openLog } from '../../log/open-log.js';
import { playEvents } from '../../log/play-events.js';
import type { Terminal } from '../../terminal.js';
import { TABLE_NAMES, TABLES, type TableName } from './columns.js';
import type { TableFormat } from './formats.js';
import { LaneTables, type TableRow } from './lane-tables.js';
import { csvSink, jsonlSink, type Sink } from './sinks.js';

export interface TableOptions {
  readonly format: TableFormat;
  readonly arch?: string[];
  /** The folder. */
  readonly output?: string;
  readonly at: number | undefined;
  readonly json?: boolean;
}

/** Throws UsageError, InputError, LogError: no file is there then that was not there before. */
export async function exportTables(file: string, options: TableOptions, terminal: Terminal): Promise<void> {
  const { format, output } = options;
  if (output === undefined)
    throw new UsageError('usage.options', `--format ${format} writes a file for each table: expected -o with a folder`);
  const log = await openLog(file);
  const lanes = lanesOf(log.file, log.header, options.arch, ['x86_64']);
  const files = await TableFiles.open(output, format, { log: log.file, title: log.header.title ?? '' });
  try {
    await play(log, lanes, options.at, terminal, files);
    files.finish();
  } catch (error) {
    files.abandon();
    throw files.failure(error);
  }
  const written = TABLE_NAMES.map((name) => ({ table: name, file: files.pathOf(name), rows: files.rows[name] }));
  if (options.json === true)
    await terminal.out(`${JSON.stringify({ log: log.file, format, tables: written }, null, 2)}\n`);
  else
    await terminal.out(
      `${table(
        written.map((one) => [one.table, count(one.rows), one.file]),
        { align: 'lrl' },
      ).join('\n')}\n`,
    );
}

async function play(
  log: OpenedLog,
  lanes: readonly LaneOptions[],
  at: number | undefined,
  terminal: Terminal,
  files: TableFiles,
): Promise<void> {
  const runs = lanes.map((lane) => new LaneTables(lane));
  const done = await playEvents(log, at, terminal, (numbered: NumberedEvent) => {
    const rows = runs.map((run) => run.step(numbered));
    if (runs.every(({ lost }) => lost !== null)) throw referenceError(log.file, numbered, runs[0]!.lost!);
    for (const list of rows) for (const row of list) files.row(row);
    files.goesOn();
  });
  for (const run of runs) for (const row of run.decisions(done)) files.row(row);
}

/** The files under other names until all is written. */
class TableFiles {
  readonly rows = Object.fromEntries(TABLE_NAMES.map((name) => [name, 0])) as Record<TableName, number>;
  private readonly sinks = new Map<TableName, Sink>();
  private readonly mark = randomBytes(4).toString('hex');
  private interrupted = false;
  private readonly interrupt = (): void => {
    this.interrupted = true;
  };

  private constructor(
    private readonly folder: string,
    private readonly format: TableFormat,
  ) {}

  static async open(folder: string, format: TableFormat, about: Readonly<Record<string, string>>): Promise<TableFiles> {
    const files = new TableFiles(folder, format);
    const parquet = format === 'parquet' ? await import('./parquet-sink.js') : undefined;
    try {
      // the folder alone: of parents that cannot be made (in /proc), Node tries again without end
      if (!existsSync(folder)) mkdirSync(folder);
      for (const name of TABLE_NAMES) {
        const [path, columns] = [files.temporary(name), TABLES[name]];
        const sink =
          parquet !== undefined
            ? new parquet.ParquetSink(path, columns, about)
            : (format === 'csv' ? csvSink : jsonlSink)(path, columns);
        files.sinks.set(name, sink);
      }
    } catch (error) {
      files.abandon();
      throw files.failure(error);
    }
    process.once('SIGINT', files.interrupt);
    return files;
  }

  pathOf(name: TableName): string {
    return join(this.folder, `${name}.${this.format}`);
  }

  row([name, row]: TableRow): void {
    this.rows[name]++;
    this.sinks.get(name)!.row(row);
  }

  /** Throws InputError after Ctrl-C. */
  goesOn(): void {
    if (this.interrupted) throw new InputError('input.interrupted', `${this.folder}: interrupted, nothing was written`);
  }

  finish(): void {
    for (const sink of this.sinks.values()) sink.end();
    for (const name of this.sinks.keys()) renameSync(this.temporary(name), this.pathOf(name));
    process.removeListener('SIGINT', this.interrupt);
  }

  abandon(): void {
    process.removeListener('SIGINT', this.interrupt);
    for (const [name, sink] of this.sinks) {
      try {
        sink.abandon();
      } catch {
        // it was closed, or the disk is full: there is nothing more to lose
      }
      rmSync(this.temporary(name), { force: true });
    }
  }

  /** What the file system says, in a line. */
  failure(error: unknown): unknown {
    const { errno, code } = error as NodeJS.ErrnoException;
    return errno === undefined
      ? error
      : new InputError('input.unwritable', `${this.folder}: cannot be written: ${code}`);
  }

  private temporary(name: TableName): string {
    return join(this.folder, `.${name}.${this.mark}.tmp`);
  }
}
