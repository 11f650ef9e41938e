// SPDX-License-Identifier: GPL-2.0-or-later
import type { Level } from './entry.js';
import type { DecodeReportOptions } from './reports.js';

/** What is known beside the text. */
export interface DecodeOptions extends DecodeReportOptions {
  /** Of raw values. */
  readonly level?: Level;
}

/** A text, and what it is called in messages. */
export interface Input {
  readonly name: string;
  readonly text: string;
}
