// SPDX-License-Identifier: GPL-2.0-or-later
/** Files that rows go to as they come: JSON Lines and CSV. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Column, Row, Value } from './columns.js';

/** Takes the rows of one table; throws what the file system says. */
export interface Sink {
  row(row: Row): void;
  /** All is there. */
  end(): void;
  /** Nothing more comes, and what was written is to be thrown away. */
  abandon(): void;
}

/** Gathered before it is written, characters. */
const CHUNK = 1 << 16;

class TextSink implements Sink {
  private readonly fd: number;
  private text: string;

  constructor(
    file: string,
    head: string,
    private readonly line: (row: Row) => string,
  ) {
    this.fd = openSync(file, 'wx');
    this.text = head;
  }

  row(row: Row): void {
    this.text += this.line(row);
    if (this.text.length >= CHUNK) this.flush();
  }

  end(): void {
    this.flush();
    closeSync(this.fd);
  }

  abandon(): void {
    closeSync(this.fd);
  }

  private flush(): void {
    const bytes = Buffer.from(this.text);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
    this.text = '';
  }
}

/** An object a line, with every column. */
export function jsonlSink(file: string, columns: readonly Column[]): Sink {
  const keys = columns.map(({ name }, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  return new TextSink(file, '', (row) => `${keys.map((key, i) => key + JSON.stringify(row[i])).join('')}}\n`);
}

/** RFC 4180 but for the ends of lines: a header, null is nothing, an empty text is in quotes. */
export function csvSink(file: string, columns: readonly Column[]): Sink {
  const line = (cells: readonly string[]): string => `${cells.join(',')}\n`;
  return new TextSink(file, line(columns.map(({ name }) => name)), (row) => line(row.map(cell)));
}

function cell(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
