// SPDX-License-Identifier: GPL-2.0-or-later
/** The search: its index is a script of the site, loaded when somebody begins to search. */
import type MiniSearch from 'minisearch';
import { type Found, openIndex, type SearchData } from '../search-shared.js';

const MOST = 20;
const AROUND = 60;

interface Ready {
  readonly data: SearchData;
  readonly index: MiniSearch;
}

let ready: Promise<Ready> | undefined;

function load(): Promise<Ready> {
  ready ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${document.body.dataset.root}search-index.js`;
    script.onload = () => {
      const data = (self as unknown as { readonly specialbitSearch: SearchData }).specialbitSearch;
      resolve({ data, index: openIndex(data) });
    };
    script.onerror = reject;
    document.head.append(script);
  });
  return ready;
}

export function listenToSearch(): void {
  const box = document.querySelector<HTMLElement>('.search')!;
  const input = document.querySelector<HTMLInputElement>('#search')!;
  const list = document.getElementById('found')!;
  const told = document.getElementById('told')!;
  let on = -1;
  box.hidden = false;

  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[role=option]')];
  const show = (open: boolean): void => {
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    if (!open) mark(-1);
  };
  const mark = (next: number): void => {
    const all = options();
    on = next;
    for (const [i, option] of all.entries()) option.setAttribute('aria-selected', String(i === on));
    if (on === -1) input.removeAttribute('aria-activedescendant');
    else {
      input.setAttribute('aria-activedescendant', all[on]!.id);
      all[on]!.scrollIntoView({ block: 'nearest' });
    }
  };
  const look = async (): Promise<void> => {
    const asked = input.value.trim();
    if (asked === '') {
      told.textContent = '';
      show(false);
      return;
    }
    const { data, index } = await load();
    if (asked !== input.value.trim()) return;
    const hits = index.search(asked).slice(0, MOST);
    list.replaceChildren(
      ...(hits.length === 0
        ? [nothing(asked)]
        : hits.map(({ id, terms }, i) => option(data, data.documents[id as number]!, terms, i))),
    );
    told.textContent = hits.length === 0 ? 'Nothing found' : `${hits.length} found`;
    show(true);
    mark(hits.length === 0 ? -1 : 0);
  };

  input.addEventListener('focus', () => void load());
  input.addEventListener('input', () => void look());
  input.addEventListener('keydown', (event) => {
    const all = options();
    if (event.key === 'Escape') {
      if (list.hidden) input.blur();
      show(false);
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && all.length > 0) {
      event.preventDefault();
      if (list.hidden) show(true);
      mark((on + (event.key === 'ArrowDown' ? 1 : all.length - 1)) % all.length);
    } else if (event.key === 'Enter' && on !== -1) all[on]!.click();
  });
  document.addEventListener('click', ({ target }) => {
    if (!box.contains(target as Node)) show(false);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    input.focus();
  });
}

function nothing(asked: string): HTMLElement {
  const text = document.createElement('p');
  text.textContent = `Nothing has all of: ${asked}`;
  return text;
}

function option(
  data: SearchData,
  [page, anchor, heading, text]: Found,
  terms: readonly string[],
  i: number,
): HTMLElement {
  const [path, title] = data.pages[page]!;
  const link = document.createElement('a');
  link.setAttribute('role', 'option');
  link.id = `found-${i}`;
  link.href = `${document.body.dataset.root}${path}${anchor === '' ? '' : `#${anchor}`}`;
  link.tabIndex = -1;
  const name = document.createElement('b');
  name.textContent = heading === title ? title : `${title}: ${heading}`;
  link.append(
    name,
    around(heading === '' || !text.startsWith(`${heading}. `) ? text : text.slice(heading.length + 2), terms),
  );
  return link;
}

/** The text around the first word that was found, and the words marked. */
function around(text: string, terms: readonly string[]): HTMLElement {
  const made = document.createElement('span');
  const words = terms.filter((term) => term.length > 1).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|') || '$^', 'gi');
  const first = text.search(pattern);
  const from = first < AROUND ? 0 : text.indexOf(' ', first - AROUND) + 1;
  const piece = text.slice(from, from + 3 * AROUND);
  let at = 0;
  if (from > 0) made.append('… ');
  for (const match of piece.matchAll(pattern)) {
    if (match[0] === '') continue;
    const marked = document.createElement('mark');
    marked.textContent = match[0];
    made.append(piece.slice(at, match.index), marked);
    at = match.index + match[0].length;
  }
  made.append(piece.slice(at));
  return made;
}
