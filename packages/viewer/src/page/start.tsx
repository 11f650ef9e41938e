// SPDX-License-Identifier: GPL-2.0-or-later
/** Nothing is open: what can be opened. */
import { EMPTY } from '../share/view-state.js';
import * as actions from './actions.js';
import { Decode } from './decode.js';
import { openExample } from './examples.js';
import { type Example, examples } from './store.js';

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
          <span>Open a file, or drop it anywhere here</span>
          <input
            type="file"
            onChange={async (event) => {
              const chosen = event.currentTarget.files?.[0];
              if (chosen !== undefined) await openText(chosen.name, await chosen.text());
            }}
          />
        </label>
        <label class="way">
          <span>or paste a log</span>
          <textarea
            rows={3}
            placeholder='{"specialbit":1}'
            onPaste={(event) => {
              const text = event.clipboardData?.getData('text') ?? '';
              if (text.trim() !== '') void openText('', text);
            }}
          />
        </label>
      </div>
      <Decode />
      {(['examples', 'gallery'] as const).map((group) => (
        <List key={group} title={group === 'examples' ? 'Examples' : 'Gallery: real bugs'} group={group} />
      ))}
    </main>
  );
}

export async function openText(name: string, text: string): Promise<void> {
  await actions.open({ ...EMPTY, file: name, log: text });
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
