// SPDX-License-Identifier: GPL-2.0-or-later
/** Nothing is open: what can be opened. */
import * as actions from './actions.js';
import { openList, openPasted } from './drop.js';
import { openExample } from './examples.js';
import { type Example, examples } from './store.js';

/** A page of x86_64, written and special. */
const FIRST = '8000000008000227';

export function Start() {
  return (
    <main class="start">
      <h1>What does the kernel do with a page that is not its own?</h1>
      <p class="lead">
        An executable model of page table entries with and without a struct page: what each event of a log does on each
        architecture and kernel, and why vm_normal_page() answers as it does.
      </p>
      <div class="ways">
        <label class="way">
          <span>Open a log or a recording, or drop it anywhere here</span>
          <input
            type="file"
            multiple
            onChange={(event) => {
              openList(event.currentTarget.files ?? []);
              event.currentTarget.value = '';
            }}
          />
          <span class="faint">
            strace, ftrace, perf script, maps, smaps, a kernel's report; traces of one run together
          </span>
        </label>
        <label class="way">
          <span>or paste one: a log, a recording, a report, the value of an entry</span>
          <textarea
            rows={3}
            placeholder="8000000008000227"
            onPaste={(event) => {
              event.preventDefault();
              openPasted(event.clipboardData?.getData('text') ?? '');
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.shiftKey) return;
              event.preventDefault();
              openPasted(event.currentTarget.value);
            }}
          />
          <span class="faint">Enter opens what is typed</span>
        </label>
      </div>
      <p>
        <button type="button" onClick={() => void actions.openDecode(FIRST)}>
          Decode the value of an entry
        </button>
      </p>
      {(['examples', 'gallery'] as const).map((group) => (
        <List key={group} title={group === 'examples' ? 'Examples' : 'Gallery: real bugs'} group={group} />
      ))}
    </main>
  );
}

function List({ title, group }: { readonly title: string; readonly group: Example['group'] }) {
  const list = examples.value.filter((example) => example.group === group);
  if (list.length === 0) return null;
  return (
    <section>
      <h2 class="label">{title}</h2>
      <ul class="cards">
        {list.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => void openExample(example)}>
              {titleOf(example)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function titleOf({ title, log, name }: Example): string {
  if (title !== undefined) return title;
  const header = JSON.parse(log.slice(0, log.indexOf('\n'))) as { readonly title?: string };
  return header.title ?? name;
}
