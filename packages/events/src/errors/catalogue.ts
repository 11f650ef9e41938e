// SPDX-License-Identifier: GPL-2.0-or-later
import type { ErrorCatalogue } from './coded-error.js';

/** Everything that can be wrong with a log: one line, and what to do about it. */
export const LOG_ERRORS = {
  'file-unreadable': {
    summary: 'The file of the log cannot be read or written.',
    remedy: 'Check the path and its permissions.',
  },
  'log-empty': {
    summary: 'The log has no line.',
    remedy: 'Start it with a header line, {"specialbit":1}.',
  },
  'log-binary': {
    summary: 'The file is not text.',
    remedy: 'A log is JSON Lines, plain or compressed with gzip or zstd.',
  },
  'log-encoding': {
    summary: 'A line is not valid UTF-8.',
    remedy: 'Save the log as UTF-8.',
  },
  'log-compression': {
    summary: 'The compressed data is damaged, or compressed in a way that is not known.',
    remedy: 'Compress the log with gzip or zstd, or leave it plain.',
  },
  'log-truncated': {
    summary: 'The log stops in the middle of a line or of its compressed data; what stands before is used.',
    remedy: 'Record or copy the log again if its end matters.',
  },
  'line-too-long': {
    summary: 'A line is longer than a reader is willing to hold.',
    remedy: 'Write one event a line, or raise maxLineBytes.',
  },
  'lines-empty': {
    summary: 'Millions of lines in a row say nothing.',
    remedy: 'Take the blank lines and comments out: nothing of a log or a recording is made of them.',
  },
  'json-syntax': {
    summary: 'A line is not JSON.',
    remedy: 'Write one JSON object a line; comments are lines that start with # or //.',
  },
  'json-not-object': {
    summary: 'A line is JSON, but not an object.',
    remedy: 'Write one JSON object a line: {"type": ...}.',
  },
  'header-missing': {
    summary: 'The first record is not a header.',
    remedy: 'Put a header line first: {"specialbit":1}.',
  },
  'header-repeated': {
    summary: 'A header stands after the first record.',
    remedy: 'A log has one header; split concatenated logs.',
  },
  'version-invalid': {
    summary: 'The format version is no version that ever was.',
    remedy: 'Write {"specialbit":1}.',
  },
  'version-newer': {
    summary: 'The log is written in a newer format.',
    remedy: 'Update specialbit.',
  },
  'type-missing': {
    summary: 'An event does not say what it is.',
    remedy: 'Give it a "type", for instance "mmap".',
  },
  'type-unknown': {
    summary: 'There is no event of this type.',
    remedy: 'See docs/log-format.md for every type.',
  },
  'field-missing': {
    summary: 'A field that is needed is absent.',
    remedy: 'See the example of the event in docs/log-format.md.',
  },
  'field-unknown': {
    summary: 'The event has no such field.',
    remedy: 'Correct its name, or remove it.',
  },
  'field-invalid': {
    summary: 'The value of a field is not of its kind.',
    remedy: 'See the forms of values in docs/log-format.md.',
  },
  'field-conflict': {
    summary: 'Two fields contradict each other.',
    remedy: 'Remove one of them.',
  },
} as const satisfies ErrorCatalogue;

/** What kind of error it is; stable, for programs. */
export type LogErrorCode = keyof typeof LOG_ERRORS;

/** What a caller of this package, or of any other, can ask for that is not there. */
export const API_ERRORS = {
  internal: {
    summary: 'Something happened that cannot be: a fault of specialbit itself.',
    remedy: 'Report it with the command, the log, and what DEBUG=specialbit prints.',
  },
  'api.event': {
    summary: 'There is no event with this number.',
    remedy: 'Events are counted from 0 up to one less than the length of the log.',
  },
  'api.flags': {
    summary: 'A flag has a name that is not one of the kernel.',
    remedy: 'Use the names of the kernel joined by |, or a number.',
    kernel: 'include/linux/mm.h, include/uapi/linux/mman.h',
  },
} as const satisfies ErrorCatalogue;
