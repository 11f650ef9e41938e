// SPDX-License-Identifier: GPL-2.0-or-later
import { LOG_ERRORS, type LogErrorCode } from './catalogue.js';
import { CodedError } from './coded-error.js';

/** Where a record was read. `line` counts from 1; 0 says that the file as a whole is meant. */
export interface Where {
  readonly file: string;
  readonly line: number;
}

export interface LogErrorDetails extends Where {
  readonly code: LogErrorCode;
  /** Place in the record, for instance `ops.fault.frame` or `call[1].at`; empty: the whole record. */
  readonly path?: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * What is wrong with a log, in one line: `FILE:LINE: PATH: expected X, found Y`. The path is left out
 * when the whole line is meant, and the line when the whole file is.
 */
export class LogError extends CodedError<LogErrorCode> {
  override readonly name = 'LogError';
  readonly code: LogErrorCode;
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly expected: string;
  readonly found: string;

  constructor(details: LogErrorDetails) {
    const { code, file, line, path = '', expected, found } = details;
    const place = line > 0 ? `${file}:${line}` : file;
    super(`${place}: ${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}`);
    this.code = code;
    this.file = file;
    this.line = line;
    this.path = path;
    this.expected = expected;
    this.found = found;
  }

  /** What to do about it, from the catalogue. */
  get remedy(): string {
    return LOG_ERRORS[this.code].remedy;
  }
}
