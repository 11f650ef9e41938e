// SPDX-License-Identifier: GPL-2.0-or-later
/** A page for each release: what it changed for who writes a driver, made of what the model knows of the two kernels. */
import { posix } from 'node:path';
import { viewerLink } from '../links.js';
import { type Entry, type Heading, html, type Page, type Place, slug } from '../page.js';
import { each, read, specialbitJson } from '../sources.js';

interface Commit {
  readonly commit?: string;
  readonly subject?: string;
  readonly version: string;
}
interface Feature {
  readonly name: string;
  readonly summary: string;
  readonly without: string;
  readonly since: Commit;
  readonly until?: Commit;
  readonly backports?: readonly string[];
  readonly where?: string;
  readonly evidence: string;
  readonly architectures: readonly string[];
  /** The kernel of the two that has it. */
  readonly in: string;
  readonly group: string;
  readonly log?: string;
}
interface Known {
  readonly name: string;
  readonly release: string;
  readonly features: number;
  readonly unproven: number;
}

const EVIDENCE: Readonly<Record<string, string>> = {
  transcripts: 'seen on real kernels with and without it',
  source: 'read in the source of kernels with and without it',
  reported: 'read in commits and mails',
  proposed: 'proposed, in no release',
};

const short = (kernel: string): string => kernel.replace(/^linux-/, '');

export async function kernelPages(only?: readonly string[]): Promise<Place> {
  const kernels = await specialbitJson<Known[]>(['kernel', 'list']);
  const released = kernels.filter(({ name }) => /^linux-\d+\.\d+$/.test(name));
  const steps = released.slice(1).map((to, i) => ({ from: released[i]!, to }));
  const wanted = steps.filter(({ to }) => only === undefined || only.includes(short(to.name)));
  const children = await each(wanted, async (step) => {
    const { features } = await specialbitJson<{ features: Feature[] }>([
      'kernel',
      'diff',
      step.from.name,
      step.to.name,
    ]);
    return { count: features.length, page: await releasePage(step.from, step.to, features) };
  });
  const first = firstPage(released[0]!);
  const counts = new Map(children.map(({ page, count }) => [page.path, count]));
  const pages = [first, ...children.map(({ page }) => page)];
  return {
    page: indexPage(released, pages, counts),
    children: pages.map((page) => ({ page, children: [] })),
  };
}

const pathOf = (kernel: string): string => `releases/${short(kernel)}.html`;

function firstPage({ name, release, features, unproven }: Known): Page {
  const text = `Linux ${short(name)} is the oldest kernel that the model plays: ${release}, ${features} features beyond the oldest rules, of which ${features - unproven} were seen on a real kernel. What later kernels changed begins with the next page.`;
  return {
    path: pathOf(name),
    title: `Linux ${short(name)}`,
    html: `<p class="lead">${html(text)}</p>
<pre class="scrolls console"><code><b>$ specialbit kernel show ${short(name)}</b></code></pre>`,
    outline: [],
    entries: [{ anchor: '', heading: `Linux ${short(name)}`, text }],
  };
}

async function releasePage(from: Known, to: Known, features: readonly Feature[]): Promise<Page> {
  const path = pathOf(to.name);
  const [before, now] = [short(from.name), short(to.name)];
  const outline: Heading[] = [];
  const entries: Entry[] = [];
  const taken = new Set<string>();
  const parts: string[] = [];
  const groups = [...new Set(features.map(({ group }) => group))];
  const lead =
    features.length === 0
      ? `Nothing that the model knows of changed between ${before} and ${now}.`
      : `What ${to.release} does that ${from.release} did not: ${features.length} ${features.length === 1 ? 'change' : 'changes'}. What a driver calls stands first.`;
  parts.push(`<p class="lead">${html(lead)}</p>`);
  parts.push(`<pre class="scrolls console"><code><b>$ specialbit kernel diff ${before} ${now}</b></code></pre>`);
  entries.push({ anchor: '', heading: `Linux ${now}`, text: lead });
  for (const group of groups) {
    const id = slug(group, taken);
    outline.push({ level: 2, id, text: group });
    parts.push(`<h2 id="${id}">${html(group)}</h2>`);
    for (const feature of features.filter((one) => one.group === group)) {
      const anchor = slug(feature.name, taken);
      outline.push({ level: 3, id: anchor, text: feature.name });
      parts.push(await changeHtml(feature, anchor, path, from, to));
      entries.push({
        anchor,
        heading: feature.name,
        text: [feature.summary, feature.without, (feature.until ?? feature.since).subject ?? ''].join('. '),
      });
    }
  }
  return { path, title: `Linux ${now}`, html: parts.join('\n'), outline, entries };
}

async function changeHtml(feature: Feature, id: string, path: string, from: Known, to: Known): Promise<string> {
  const gained = feature.in === to.name;
  const [old, now] = gained ? [feature.without, feature.summary] : [feature.summary, feature.without];
  const source = (gained ? feature.since : (feature.until ?? feature.since)) as Commit;
  const commit =
    source.commit === undefined
      ? source.subject
      : `commit ${source.commit}${source.subject === undefined ? '' : `: “${source.subject}”`}`;
  const facts = [
    [gained ? 'since' : 'until', [source.version, commit].filter((part) => part !== undefined).join(', ')],
    ['backported', (feature.backports ?? []).join(', ')],
    ['where', feature.where ?? ''],
    [
      'only',
      feature.architectures.length > 8
        ? `${feature.architectures.length} architectures`
        : feature.architectures.join(', '),
    ],
    ['known', EVIDENCE[feature.evidence] ?? feature.evidence],
  ].filter(([, value]) => value !== '');
  const rows = facts.map(([name, value]) => `<dt>${name}</dt><dd>${html(value!)}</dd>`).join('');
  const played =
    feature.log === undefined
      ? ''
      : `<a class="play" data-log href="${html(await logLink(path, feature, from, to))}">Play it on ${short(from.name)} and ${short(to.name)}</a>`;
  return `<section class="change"><h3 id="${id}"><code>${html(feature.name)}</code></h3>
<dl class="was"><dt>${short(from.name)}</dt><dd>${html(old)}</dd><dt>${short(to.name)}</dt><dd>${html(now)}</dd></dl>
<dl class="facts">${rows}</dl>${played}</section>`;
}

function logLink(path: string, { log, architectures }: Feature, from: Known, to: Known): Promise<string> {
  const text = read(log!);
  const header = JSON.parse(text.slice(0, text.indexOf('\n'))) as { readonly arch?: string | readonly string[] };
  const [arch = 'x86_64'] = [header.arch ?? architectures[0] ?? 'x86_64'].flat();
  const lanes = [from, to].map(({ name }) => `${arch.replace(/@.*$/, '')}@${short(name)}`);
  return viewerLink(path, { file: posix.basename(log!), log: text, lanes });
}

function indexPage(kernels: readonly Known[], pages: readonly Page[], counts: ReadonlyMap<string, number>): Page {
  const rows = kernels
    .filter(({ name }) => pages.some(({ path }) => path === pathOf(name)))
    .map(({ name, release, features, unproven }) => {
      const changes = counts.get(pathOf(name));
      const proved = features - unproven;
      return `<tr><td><a href="${short(name)}.html">Linux ${short(name)}</a></td><td>${release}</td><td class="number">${changes ?? ''}</td><td class="number">${features}</td><td class="number">${proved}</td></tr>`;
    });
  const lead =
    'What each release changed for who writes a driver: calls that are gone and calls that are new, what fails now and what works, and what the same call does otherwise.';
  return {
    path: 'releases/index.html',
    title: 'Release by release',
    label: 'Release by release',
    html: `<p class="lead">${lead}</p>
<div class="scrolls"><table><thead><tr><th scope="col">release</th><th scope="col">as played</th><th scope="col">changes</th><th scope="col">features</th><th scope="col">of them seen on a real kernel</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>
<p>A feature is a named change with its commit. Any two kernels can be asked, not only neighbours:</p>
<pre class="scrolls console"><code><b>$ specialbit kernel diff 6.1 7.3</b></code></pre>`,
    outline: [],
    entries: [{ anchor: '', heading: 'Release by release', text: lead }],
  };
}
