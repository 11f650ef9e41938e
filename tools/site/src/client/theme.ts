// SPDX-License-Identifier: GPL-2.0-or-later
/** Before anything is drawn: light or dark, as somebody chose here or in the viewer. */
try {
  const chosen = localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // a page that may keep nothing follows the system
}
