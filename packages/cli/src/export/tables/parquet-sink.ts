// SPDX-License-Identifier: GPL-2.0-or-later
/** Rows as Parquet, a group at a time. Loaded only when it is asked for. */
import { closeSync, openSync } from 'node:fs';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { Column, ColumnType, Row } from './columns.js';
import type { Sink } from './sinks.js';

/** Rows of a group: what is held in memory. */
const GROUP = 20_000;

type Writers = ConstructorParameters<typeof ParquetWriter>[0];
type Element = Writers['schema'][number];

const TYPES: Readonly<Record<ColumnType, Partial<Element>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
};

export class ParquetSink implements Sink {
  private readonly writer: ParquetWriter;
  private rows: Row[] = [];

  /** `about`: what the file's metadata says. */
  constructor(
    file: string,
    private readonly columns: readonly Column[],
    about: Readonly<Record<string, string>>,
  ) {
    // never over what somebody else has there
    closeSync(openSync(file, 'wx'));
    const schema: Element[] = [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, type, nullable }): Element => {
        return { name, repetition_type: nullable === true ? 'OPTIONAL' : 'REQUIRED', ...TYPES[type] } as Element;
      }),
    ];
    this.writer = new ParquetWriter({
      writer: fileWriter(file),
      schema,
      createdBy: 'specialbit',
      kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
    });
  }

  row(row: Row): void {
    this.rows.push(row);
    if (this.rows.length >= GROUP) this.group();
  }

  end(): void {
    if (this.rows.length > 0) this.group();
    void this.writer.finish();
  }

  abandon(): void {
    this.rows = [];
  }

  private group(): void {
    const { rows } = this;
    this.rows = [];
    const columnData = this.columns.map(({ name, type }, i) => ({
      name,
      data: rows.map((row) => (type === 'int64' && row[i] !== null ? BigInt(row[i]!) : row[i])),
    }));
    void this.writer.write({ columnData, rowGroupSize: GROUP });
  }
}
