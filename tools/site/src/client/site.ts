// SPDX-License-Identifier: GPL-2.0-or-later
/** What moves on a page: everything of it can be read without. */
import { followFrames, listenToLogs } from './logs.js';
import { listenToSearch } from './search.js';

const root = document.documentElement;

function listenToTheme(): void {
  const button = document.querySelector<HTMLButtonElement>('.theme')!;
  button.hidden = false;
  button.addEventListener('click', () => {
    const dark = root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
    const next = dark === 'dark' ? 'light' : 'dark';
    root.dataset.theme = next;
    try {
      localStorage.setItem('theme', next);
    } catch {
      // then it holds for this page
    }
  });
}

/** On a narrow screen the pages stand behind a button. */
function listenToMenu(): void {
  const button = document.querySelector<HTMLButtonElement>('.menu')!;
  const pages = document.getElementById('pages')!;
  const show = (open: boolean): void => {
    button.setAttribute('aria-expanded', String(open));
    root.classList.toggle('menu-open', open);
    if (open) (pages.querySelector<HTMLElement>('[aria-current]') ?? pages.querySelector('a'))?.focus();
  };
  button.hidden = false;
  root.classList.add('scripted');
  button.addEventListener('click', () => show(button.getAttribute('aria-expanded') !== 'true'));
  addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !root.classList.contains('menu-open')) return;
    show(false);
    button.focus();
  });
}

/** What is wider than its room can be reached by keys, and nothing else. */
function followScrolling(): void {
  const blocks = [...document.querySelectorAll<HTMLElement>('.scrolls')];
  const look = (): void => {
    for (const block of blocks) {
      const scrolls = block.scrollWidth > block.clientWidth + 1;
      if (scrolls === block.hasAttribute('tabindex')) continue;
      if (scrolls) {
        block.tabIndex = 0;
        block.setAttribute('role', 'group');
        block.setAttribute('aria-label', block.tagName === 'PRE' ? 'Text, scrolls' : 'Table, scrolls');
      } else for (const name of ['tabindex', 'role', 'aria-label']) block.removeAttribute(name);
    }
  };
  look();
  addEventListener('resize', look);
  addEventListener('toggle', look, true);
}

/** The page that is open is seen in the list of all. */
function showCurrent(): void {
  const pages = document.getElementById('pages')!;
  const current = pages.querySelector<HTMLElement>('[aria-current]');
  if (current === null) return;
  const top = current.offsetTop;
  if (top > pages.clientHeight - 80) pages.scrollTop = top - pages.clientHeight / 3;
}

/** Which heading is read. */
function followOutline(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.outline a')];
  if (links.length === 0) return;
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1)))!);
  const look = (): void => {
    let i = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < 120);
    if (innerHeight + scrollY >= document.body.scrollHeight - 4) i = headings.length - 1;
    for (const [k, link] of links.entries()) link.classList.toggle('on', k === i);
  };
  look();
  addEventListener('scroll', look, { passive: true });
}

/** Links to the page with a log, as they stand in mails, lead on to the viewer. */
function passOn(): boolean {
  if (!/[#&](?:v=\d|log=|decode=)/.test(location.hash)) return false;
  location.replace(`${document.body.dataset.root}viewer/index.html${location.hash}`);
  return true;
}

if (!passOn()) {
  listenToTheme();
  listenToMenu();
  followScrolling();
  showCurrent();
  followOutline();
  listenToSearch();
  listenToLogs();
  followFrames();
}
