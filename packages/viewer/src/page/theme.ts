// SPDX-License-Identifier: GPL-2.0-or-later
/** Light or dark: as the system has it, unless somebody chose. */
import { signal } from '@preact/signals';

export const theme = signal<'light' | 'dark'>('light');
const system = (): 'light' | 'dark' => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

function kept(): string | null {
  try {
    return localStorage.getItem('theme');
  } catch {
    // a file, or a page that may keep nothing
    return null;
  }
}

export function followTheme(): void {
  const chosen = kept();
  show(chosen === 'light' || chosen === 'dark' ? chosen : system());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (kept() === null) show(system());
  });
  // chosen in another window, or in the page around this one
  addEventListener('storage', ({ key, newValue }) => {
    if (key === 'theme' && (newValue === 'light' || newValue === 'dark')) show(newValue);
  });
}

export function switchTheme(): void {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  show(next);
  try {
    localStorage.setItem('theme', next);
  } catch {
    // then it holds for this visit
  }
}

function show(next: 'light' | 'dark'): void {
  theme.value = next;
  document.documentElement.dataset.theme = next;
}
