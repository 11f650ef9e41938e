// SPDX-License-Identifier: GPL-2.0-or-later
/** DuckDB, in this process. */
import { DuckDBInstance } from '@duckdb/node-api';

export type Query = (sql: string) => Promise<readonly Record<string, unknown>[]>;

export async function duckdb(): Promise<{ readonly query: Query; readonly close: () => void }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  return {
    query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Rows as a table of text, columns as wide as they must be. */
export function asText(rows: readonly Record<string, unknown>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
