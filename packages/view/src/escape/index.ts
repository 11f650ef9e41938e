// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `@specialbit/view/escape`: texts of inputs in each medium: a terminal, Markdown, HTML and SVG, DOT. A part of its own, since the
 * command needs it before it knows what it is to do.
 * @module @specialbit/view/escape
 */

export {
  markdownCode,
  markdownFence,
  markdownRow,
  markdownRule,
  markdownText,
  xmlText,
} from './markup.js';
export {
  joined,
  type Markdown,
  type Markup,
  markdownFile,
  markup,
  md,
  ownMarkdown,
  ownMarkup,
  reflowed,
  type Shown,
} from './safe.js';
export { withoutSteering, withoutSteeringBut } from './steering.js';
