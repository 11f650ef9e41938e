// SPDX-License-Identifier: GPL-2.0-or-later
/** Text as a picture: for slides and pages that take no text of a fixed width. */
import { xmlText } from '@specialbit/view/escape';
import { visible } from '../visible.js';

const LINE = 18;
const CHARACTER = 7.8;
const MARGIN = 16;

/** An SVG with a line of text for each line. */
export function textPicture(text: string): string {
  const lines = visible(text).trimEnd().split('\n');
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER) + 2 * MARGIN;
  const height = lines.length * LINE + 2 * MARGIN;
  const drawn = lines.map((line, i) => `<text x="${MARGIN}" y="${MARGIN + 13 + i * LINE}">${xmlText(line)}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    '<style>text{font:13px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;fill:#1c2024;white-space:pre}</style>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}
