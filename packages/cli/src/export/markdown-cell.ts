// SPDX-License-Identifier: GPL-2.0-or-later
/** Text in a cell of a Markdown table, shown as it is. */
export const markdownCell = (text: string): string => text.replace(/[\\`*_<]/g, '\\$&').replaceAll('|', '\\|');
