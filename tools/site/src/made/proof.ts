// SPDX-License-Identifier: GPL-2.0-or-later
/** How it is proved: which machines, how many steps, which fields, when; from what `verify` counted. */
import { html, type Page } from '../page.js';
import { exists, read } from '../sources.js';

export interface Verified {
  /** Day on which it was played last. */
  readonly date: string;
  readonly machines: readonly {
    readonly kernel: string;
    readonly arch: string;
    readonly scenarios: number;
    readonly steps: number;
    readonly differing: number;
    readonly known: number;
    readonly ptes: number;
  }[];
  readonly fields: readonly { readonly field: string; readonly compared: number }[];
}

export interface Figures {
  readonly steps: number;
  readonly ptes: number;
  readonly scenarios: number;
  readonly differing: number;
  readonly known: number;
  readonly machines: number;
  readonly kernels: readonly string[];
  readonly date: string;
}

export const verified = (): Verified => JSON.parse(read('docs/verified.json')) as Verified;

export function figures({ machines, date }: Verified): Figures {
  const sum = (of: (machine: Verified['machines'][number]) => number): number =>
    machines.reduce((all, machine) => all + of(machine), 0);
  return {
    steps: sum(({ steps }) => steps),
    ptes: sum(({ ptes }) => ptes),
    scenarios: sum(({ scenarios }) => scenarios),
    differing: sum(({ differing }) => differing),
    known: sum(({ known }) => known),
    machines: machines.length,
    kernels: kernelsOf(machines),
    date,
  };
}

/** By their numbers: 6.1.192 before 6.12.117. */
function kernelsOf(machines: Verified['machines']): string[] {
  const names = [...new Set(machines.map(({ kernel }) => kernel))];
  const order = (name: string): number =>
    name.split('.').reduce((sum, part) => sum * 1000 + Number.parseInt(part, 10), 0);
  return names.sort((a, b) => order(a) - order(b));
}

export const count = (n: number): string => n.toLocaleString('en-US');

export function proofPage(): Page {
  const data = verified();
  const all = figures(data);
  const archs = [...new Set(data.machines.map(({ arch }) => arch))].sort();
  const cell = (arch: string, kernel: string): string => {
    const machine = data.machines.find((one) => one.arch === arch && one.kernel === kernel);
    if (machine === undefined) return '';
    const { steps, known } = machine;
    return known === 0 ? count(steps) : `${count(steps)} <small>(${known} known)</small>`;
  };
  const head = all.kernels.map((kernel) => `<th scope="col" class="number">${html(kernel)}</th>`).join('');
  const rows = archs.map(
    (arch) =>
      `<tr><td>${html(arch)}</td>${all.kernels.map((kernel) => `<td class="number">${cell(arch, kernel)}</td>`).join('')}</tr>`,
  );
  const { divergences } = JSON.parse(read('test/known-divergences.json')) as {
    readonly divergences: readonly { readonly id: string; readonly argument: string }[];
  };
  const lead = `Real kernels were booted on ${new Set(data.machines.map(({ arch }) => arch)).size} kinds of machines and driven through ${count(all.scenarios)} scenarios. After each of ${count(all.steps)} steps the kernel itself wrote down what it had: the model agrees in every field of ${all.differing === 0 ? 'all of them' : `all but ${count(all.differing)}`}${all.known > 0 ? `, ${all.known} apart that are known not to be the memory manager's` : ''}.`;
  const fields = data.fields
    .filter(({ compared }) => compared > 0)
    .map(
      ({ field, compared }) =>
        `<tr><td><code>${html(field)}</code></td><td class="number">${count(compared)}</td></tr>`,
    );
  const proved = exists('docs/proved.md')
    ? ' <a href="proved.html">Logs that were proved</a> names each log that was played on a real kernel.'
    : '';
  return {
    path: 'proof.html',
    title: 'How it is proved',
    html: `<p class="lead">${html(lead)}</p>
<p>Played last on ${html(all.date)}. The kernels are built from their own sources with a driver that maps memory in every way there is, and run under QEMU; <a href="lab.html">the laboratory</a> tells how to build them. ${proved}</p>
<h2 id="machines">Machines and steps</h2>
<div class="scrolls"><table><thead><tr><th scope="col">machine</th>${head}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>
<p>A selection of these transcripts is in the repository, and every run of the tests plays it. What differs there fails the run:</p>
<pre class="scrolls console"><code><b>$ specialbit verify test/kernels</b></code></pre>
<h2 id="fields">What is compared</h2>
<p>Each step is compared field by field: what the call returned, the signal, the values read, which handlers ran, what the kernel reported, every VMA, every entry raw and decoded, what <code>vm_normal_page()</code> said of it, the counts and flags of every frame, RSS. ${count(all.ptes)} entries were compared bit for bit.</p>
<div class="scrolls dense"><table><thead><tr><th scope="col">field</th><th scope="col" class="number">times compared</th></tr></thead><tbody>
${fields.join('\n')}
</tbody></table></div>
<h2 id="known">What is known to differ</h2>
${divergences.map(({ id, argument }) => `<p><code>${html(id)}</code>: ${html(argument)}</p>`).join('\n')}
<h2 id="more">What else proves it</h2>
<ul>
<li>Values that each architecture's own headers computed for every entry: the layouts are checked against them bit for bit.</li>
<li><a href="rules.html">Rule by rule</a>: what changed from 6.12 on, and what proves each.</li>
<li><a href="findings/index.html">Findings</a>: what the comparison found in kernels.</li>
</ul>`,
    outline: [
      { level: 2, id: 'machines', text: 'Machines and steps' },
      { level: 2, id: 'fields', text: 'What is compared' },
      { level: 2, id: 'known', text: 'What is known to differ' },
      { level: 2, id: 'more', text: 'What else proves it' },
    ],
    entries: [
      {
        anchor: '',
        heading: 'How it is proved',
        text: `${lead} ${divergences.map(({ argument }) => argument).join(' ')}`,
      },
    ],
  };
}
