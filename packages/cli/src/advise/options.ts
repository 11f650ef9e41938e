// SPDX-License-Identifier: GPL-2.0-or-later
/** What `specialbit advise` is asked by. */

export const POPULATE = ['any', 'mmap', 'fault', 'later'] as const;
export const MAPS = ['shared', 'private', 'both'] as const;

export interface AdviseOptions {
  readonly memory?: string;
  readonly scattered?: boolean;
  readonly populate: (typeof POPULATE)[number];
  readonly map: (typeof MAPS)[number];
  readonly readOnly?: boolean;
  readonly need?: string[];
  readonly arch?: string[];
  readonly kernel?: string[];
  readonly ways: number;
  readonly proof?: string;
  readonly skeleton: boolean;
  /** A driver whose question is asked, and whose way is compared. */
  readonly driver?: string;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}
