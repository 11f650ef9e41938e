// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The order of the site. A place is a document, pages that are made (`made:`), or a document with others below it. A document
 * of `docs/` that stands nowhere here comes at the end, so that none is forgotten.
 */

export type Item =
  | string
  | readonly [document: string, label: string]
  | readonly [document: string, label: string, below: Below];
export type Below = 'made:gallery' | 'made:commands' | 'made:releases' | `docs/${string}/`;

export interface Part {
  readonly title: string;
  readonly items: readonly Item[];
}

export const CONTENTS: readonly Part[] = [
  {
    title: 'Start',
    items: [
      ['docs/start/driver-author.md', 'For driver authors'],
      ['docs/start/mm-developer.md', 'For mm developers'],
      ['docs/start/architecture-maintainer.md', 'For architecture maintainers'],
      ['docs/start/student.md', 'For students'],
      ['docs/install.md', 'Install'],
      ['docs/faq.md', 'Questions and answers'],
    ],
  },
  {
    title: 'What is so',
    items: [
      ['docs/implications.md', 'What the flags imply'],
      ['docs/atlas/index.md', 'The atlas', 'docs/atlas/'],
      ['docs/gallery.md', 'The gallery', 'made:gallery'],
      ['docs/claims.md', 'Ten claims, tested'],
      ['docs/ledger.md', 'The ledger'],
      ['docs/mapcount.md', 'Map counts of large folios'],
      ['examples/README.md', 'Examples'],
      ['docs/findings/README.md', 'Findings', 'docs/findings/'],
    ],
  },
  {
    title: 'Kernels',
    items: [
      ['made:releases', 'Release by release', 'made:releases'],
      ['docs/porting.md', 'From 6.12 to 7.3'],
      ['docs/kernels.md', 'Naming kernels'],
      ['docs/proposed.md', 'What was proposed'],
    ],
  },
  {
    title: 'Use it',
    items: [
      ['docs/log-format.md', 'The log format'],
      ['docs/viewer.md', 'The viewer'],
      ['docs/time-travel.md', 'Time travel'],
      ['docs/advise.md', 'Which call, which flags'],
      ['docs/scan.md', 'Reading real drivers'],
      ['docs/search.md', 'Searching and shrinking'],
      ['docs/decoding.md', 'What was pasted, explained'],
      ['docs/importing.md', 'Recordings as logs'],
      ['docs/recording.md', 'Recording a program'],
      ['docs/reproduce.md', 'Reproducers'],
      ['docs/reproduced.md', 'What was reproduced'],
      ['docs/export.md', 'Export'],
      ['docs/editors.md', 'Editors'],
      ['docs/mcp.md', 'For machines that read'],
      ['docs/plugin-authoring.md', 'Writing an architecture'],
    ],
  },
  {
    title: 'Reference',
    items: [
      ['made:commands', 'Commands', 'made:commands'],
      ['docs/errors.md', 'Errors'],
    ],
  },
  {
    title: 'Is it true?',
    items: [
      ['made:proof', 'How it is proved'],
      ['docs/verify.md', 'Verifying'],
      ['docs/transcripts.md', 'Transcripts'],
      ['docs/proved.md', 'Logs that were proved'],
      ['docs/rules.md', 'Rule by rule'],
      ['docs/lab.md', 'The laboratory'],
      ['docs/corpus.md', 'The corpus'],
    ],
  },
  {
    title: 'The house',
    items: [
      ['ARCHITECTURE.md', 'How it is built'],
      ['CONTRIBUTING.md', 'Contributing'],
      ['SECURITY.md', 'Security'],
      ['docs/bench.md', 'Speed and memory'],
      ['CHANGELOG.md', 'Changes'],
    ],
  },
];

/** Where a document is on the site. */
export function pathOf(document: string): string {
  const name = document.replace(/^docs\//, '').replace(/\.md$/, '');
  if (document === 'README.md') return 'index.html';
  return `${name.toLowerCase().replace(/(^|\/)readme$/, '$1index')}.html`;
}
