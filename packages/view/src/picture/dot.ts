// SPDX-License-Identifier: GPL-2.0-or-later
/** A picture in DOT, the language of Graphviz: `dot -Tsvg`. */
import { dotString, xmlText } from '../escape/markup.js';
import { entryFill, frameFill, legend, MARK_COLORS, rowText, sign } from './marks.js';
import type { Panel, Picture, VmaBox } from './picture.js';

/** The lines of the file. */
export function* dotLines({ title, panels }: Picture): Generator<string, void, void> {
  yield 'digraph pagetable {';
  yield '  rankdir=LR; nodesep=0.15; ranksep=1.2; fontname="sans-serif"; labelloc=t;';
  yield `  label=${dotString([title, legend(panels.length)].filter((line) => line !== '').join('\n'))};`;
  yield '  node [shape=plain, fontname="monospace", fontsize=10];';
  yield '  edge [color="#555555", arrowsize=0.6];';
  // with rankdir=LR Graphviz stacks clusters upwards
  for (const panel of [...panels].reverse()) yield* panelLines(panel);
  yield '}';
}

function* panelLines(panel: Panel): Generator<string, void, void> {
  yield `  subgraph cluster_${panel.id} {`;
  yield `    label=${dotString(panel.title)}; color="#999999";`;
  for (const vma of panel.vmas) yield `    ${vma.id} [label=<${vmaTable(vma)}>];`;
  for (const frame of panel.frames) {
    const text = `<B>${xmlText(sign(frame.mark) + frame.title)}</B><BR ALIGN="LEFT"/>${xmlText(frame.text)}<BR ALIGN="LEFT"/>`;
    const style = `style="filled${frame.valid ? '' : ',dashed'}", fillcolor="${frameFill(frame)}"`;
    const width = frame.mark === '' ? '' : ', penwidth=2.5';
    yield `    ${frame.id} [shape=box, ${style}, color="${MARK_COLORS[frame.mark]}"${width}, label=<${text}>];`;
  }
  yield '  }';
  const boxes = new Set(panel.frames.map(({ id }) => id));
  for (const { id, rows } of panel.vmas) {
    for (const { id: row, frame, mark } of rows) {
      if (frame === null || !boxes.has(frame)) continue;
      yield `  ${id}:${row}:e -> ${frame}:w${mark === '' ? '' : ` [color="${MARK_COLORS[mark]}", penwidth=2]`};`;
    }
  }
}

function vmaTable({ title, flags, rows, mark }: VmaBox): string {
  const border = `BORDER="${mark === '' ? 1 : 3}" COLOR="${MARK_COLORS[mark]}"`;
  const cells = rows.map((row) => {
    const color = row.mark === '' ? '' : ` COLOR="${MARK_COLORS[row.mark]}" BORDER="2"`;
    return `<TR><TD PORT="${row.id}" ALIGN="LEFT" BGCOLOR="${entryFill(row)}"${color}>${xmlText(rowText(row))}</TD></TR>`;
  });
  const head = `<TR><TD ALIGN="LEFT" BGCOLOR="#eaeef2"><B>${xmlText(sign(mark) + title)}</B></TD></TR>`;
  const under = flags === '' ? '' : `<TR><TD ALIGN="LEFT">${xmlText(flags)}</TD></TR>`;
  return `<TABLE ${border} CELLBORDER="1" CELLSPACING="0" CELLPADDING="4">${head}${under}${cells.join('')}</TABLE>`;
}
