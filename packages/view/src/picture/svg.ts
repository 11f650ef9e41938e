// SPDX-License-Identifier: GPL-2.0-or-later
/** A picture as SVG, laid out here: panels below each other, VMAs on the left, frames on the right, lines between. */
import { xmlText } from '../escape/markup.js';
import { entryFill, frameFill, legend, MARK_COLORS, rowText, sign } from './marks.js';
import type { FrameBox, Panel, Picture, VmaBox } from './picture.js';

/** Pixels: of a letter of the 12 px monospace face, a line, the gap between boxes, that between the columns, and the margin. */
const LETTER = 7.3;
const LINE = 18;
const GAP = 14;
const COLUMNS = 120;
const MARGIN = 16;

interface Placed<T> {
  readonly box: T;
  readonly y: number;
  readonly height: number;
}

function place<T>(
  boxes: readonly T[],
  top: number,
  height: (box: T) => number,
): { placed: Placed<T>[]; bottom: number } {
  const placed: Placed<T>[] = [];
  let y = top;
  for (const box of boxes) {
    placed.push({ box, y, height: height(box) });
    y += height(box) + GAP;
  }
  return { placed, bottom: y };
}

const vmaLines = (vma: VmaBox): string[] => [
  sign(vma.mark) + vma.title,
  ...(vma.flags === '' ? [] : [vma.flags]),
  ...vma.rows.map(rowText),
];
const frameLines = (frame: FrameBox): string[] => [sign(frame.mark) + frame.title, frame.text];
const widthOf = (lines: readonly string[]): number =>
  Math.ceil(Math.max(0, ...lines.map((l) => l.length)) * LETTER) + 2 * 8;

/** The lines of the file. */
export function* svgLines({ title, panels }: Picture): Generator<string, void, void> {
  const left = Math.max(120, ...panels.flatMap(({ vmas }) => vmas.map((vma) => widthOf(vmaLines(vma)))));
  const right = Math.max(120, ...panels.flatMap(({ frames }) => frames.map((frame) => widthOf(frameLines(frame)))));
  const heads = [title, legend(panels.length)].filter((line) => line !== '');
  const width = Math.max(left + COLUMNS + right, widthOf(heads)) + 2 * MARGIN;
  const body: string[] = [];
  let y = MARGIN;
  for (const [i, head] of heads.entries()) {
    y += LINE;
    body.push(`<text x="${MARGIN}" y="${y - 5}"${i === 0 ? ' font-weight="bold"' : ''}>${xmlText(head)}</text>`);
  }
  y += GAP;
  for (const panel of panels) {
    const drawn = panelOf(panel, y, left, right);
    body.push(...drawn.lines);
    y = drawn.bottom;
  }
  const height = y + MARGIN;
  yield `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12" xml:space="preserve">`;
  yield `<title>${xmlText(title)}</title>`;
  yield '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555555"/></marker></defs>';
  yield `<rect width="${width}" height="${height}" fill="#ffffff"/>`;
  yield* body;
  yield '</svg>';
}

function panelOf(panel: Panel, top: number, left: number, right: number): { lines: string[]; bottom: number } {
  const lines: string[] = [
    `<text x="${MARGIN}" y="${top + 13}" font-weight="bold" fill="#0550ae">${xmlText(panel.title)}</text>`,
  ];
  const first = top + LINE + 4;
  const vmas = place(panel.vmas, first, (vma) => vmaLines(vma).length * LINE + 4);
  const frames = place(panel.frames, first, () => 2 * LINE + 4);
  const frameX = MARGIN + left + COLUMNS;
  const target = new Map(frames.placed.map(({ box, y, height }) => [box.id, y + height / 2]));
  for (const { box, y, height } of vmas.placed) {
    lines.push(rect(MARGIN, y, left, height, '#ffffff', box.mark));
    lines.push(rect(MARGIN, y, left, LINE, '#eaeef2', ''));
    const texts = vmaLines(box);
    const skip = texts.length - box.rows.length;
    for (const [i, text] of texts.entries()) {
      const row = box.rows[i - skip];
      const rowY = y + i * LINE;
      if (row !== undefined) lines.push(rect(MARGIN + 2, rowY + 2, left - 4, LINE, entryFill(row), row.mark, 0.5));
      lines.push(
        `<text x="${MARGIN + 8}" y="${rowY + 14}"${i === 0 ? ' font-weight="bold"' : ''}>${xmlText(text)}</text>`,
      );
      const end = row?.frame == null ? undefined : target.get(row.frame);
      if (row === undefined || end === undefined) continue;
      const [x1, y1, x2] = [MARGIN + left, rowY + 2 + LINE / 2, frameX];
      const bend = COLUMNS / 2;
      lines.push(
        `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${end} ${x2} ${end}" fill="none" stroke="${MARK_COLORS[row.mark]}" stroke-width="${row.mark === '' ? 1 : 2}" marker-end="url(#arrow)"/>`,
      );
    }
  }
  for (const { box, y, height } of frames.placed) {
    lines.push(rect(frameX, y, right, height, frameFill(box), box.mark, 1, !box.valid));
    for (const [i, text] of frameLines(box).entries()) {
      lines.push(
        `<text x="${frameX + 8}" y="${y + 14 + i * LINE}"${i === 0 ? ' font-weight="bold"' : ''}>${xmlText(text)}</text>`,
      );
    }
  }
  return { lines, bottom: Math.max(vmas.bottom, frames.bottom) + GAP };
}

function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  mark: keyof typeof MARK_COLORS,
  thin = 1,
  dashed = false,
): string {
  const dash = dashed ? ' stroke-dasharray="4 3"' : '';
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" stroke="${MARK_COLORS[mark]}" stroke-width="${mark === '' ? thin : 2.5}"${dash}/>`;
}
