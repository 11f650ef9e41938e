// SPDX-License-Identifier: GPL-2.0-or-later
/** The first page: the question, the answer of S01 played, and a way for each reader. */
import { viewerLink } from '../links.js';
import { html, type Page } from '../page.js';
import { read } from '../sources.js';
import { count, figures, verified } from './proof.js';
import { viewerFrame } from './viewer-frame.js';

/** What the first page shows where no script may run; lies in docs/pictures. */
export const PICTURE = 's01.png';

const READERS = [
  [
    'driver-author',
    'You write a driver',
    'Which call, which flags, and what each does on x86, on arm without LPAE, on m68k.',
  ],
  ['mm-developer', 'You work on mm', 'Replay what a kernel did, step back, find the event and the cause, shrink it.'],
  [
    'architecture-maintainer',
    'You keep an architecture',
    'Describe your entries as data, and check them against your own headers.',
  ],
  ['student', 'You want to understand it', 'Follow vm_normal_page() question by question, on entries that you make.'],
] as const;

export async function homePage(): Promise<Page> {
  const link = await viewerLink('index.html', {
    file: 's01-same-driver.jsonl',
    log: read('examples/s01-same-driver.jsonl'),
    lanes: ['arm-lpae', 'arm'],
    at: 2,
    select: 'bo[0]',
  });
  const { steps, ptes, differing, kernels, machines, known } = figures(verified());
  const numbers = [
    [count(steps), 'steps of real kernels compared'],
    [count(ptes), 'entries compared bit for bit'],
    [String(machines), `machines booted, of ${kernels.length} kernels`],
    [count(differing), known === 0 ? 'differ' : `differ (${known} more are known not to be mm's)`],
  ];
  const cards = READERS.map(
    ([name, title, text]) => `<a class="card" href="start/${name}.html"><b>${title}</b>${html(text)}</a>`,
  );
  const lead =
    'A present page table entry does not say whether the kernel may touch the page that it maps. One software bit says so on most architectures; on the others vm_normal_page() has to guess. specialbit plays what a process and a driver do, on any architecture and kernel from 6.1 to 7.3, and says of every entry what it is, and why.';
  return {
    path: 'index.html',
    title: 'specialbit: why a page is, or is not, a normal page',
    label: 'specialbit',
    html: `<h1>Is there a page behind this entry?</h1>
<p class="lead">${html(lead)}</p>
<div class="cards">${cards.join('\n')}</div>
<h2 id="s01">The same driver, two architectures</h2>
<p>A driver gives a page of its own to a process. On arm with LPAE the entry is special, and nothing is counted. On arm without it the same call takes a reference. Select an entry to see the questions that the kernel asks of it.</p>
${viewerFrame(link, 'S01, played on arm with and without LPAE', `<img src="pictures/${PICTURE}" alt="The viewer with S01: on arm-lpae the entry is special and the page is counted once; on arm the same page is counted twice">`)}
<h2 id="trust">Why it can be trusted</h2>
<dl class="figures">${numbers.map(([n, text]) => `<div><dt>${html(text!)}</dt><dd>${n}</dd></div>`).join('')}</dl>
<p>Kernels ${kernels.map(html).join(', ')} were booted under QEMU, and wrote down their own page tables after every step. <a href="proof.html">How it is proved</a> has the machines, the fields and the dates.</p>`,
    outline: [],
    entries: [{ anchor: '', heading: 'specialbit', text: lead }],
  };
}
