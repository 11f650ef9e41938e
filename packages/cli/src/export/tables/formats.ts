// SPDX-License-Identifier: GPL-2.0-or-later
/** The formats that have a file for each table. */

export const TABLE_FORMATS = ['parquet', 'csv', 'jsonl'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];
