// SPDX-License-Identifier: GPL-2.0-or-later
/** A log in the viewer, within a page; where no script may run, what stands in its place. */
import { html } from '../page.js';

/** `otherwise`: markup for readers without JavaScript, from whom `site.css` hides the frame. */
export function viewerFrame(link: string, title: string, otherwise: string): string {
  return `<iframe class="viewer" src="${html(link)}" title="${html(title)}" loading="lazy" height="640"></iframe>
<noscript>${otherwise}</noscript>`;
}
