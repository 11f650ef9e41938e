// SPDX-License-Identifier: GPL-2.0-or-later
/** A picture as a Mermaid flowchart, as Markdown pages show it. */
import { withoutSteering } from '../escape/steering.js';
import { entryFill, frameFill, legend, MARK_COLORS, rowText, sign } from './marks.js';
import type { Mark, Panel, Picture } from './picture.js';

/** Text within quotes: what Mermaid reads itself is written as an entity. */
function text(raw: string): string {
  return withoutSteering(raw).replace(/[#"<>&`]/g, (c) => `#${c.charCodeAt(0)};`);
}

/** The lines of the file. */
export function* mermaidLines({ title, panels }: Picture): Generator<string, void, void> {
  yield '---';
  yield `title: ${JSON.stringify([withoutSteering(title), legend(panels.length)].filter((line) => line !== '').join('; '))}`;
  yield '---';
  yield 'flowchart LR';
  for (const panel of panels) yield* panelLines(panel);
}

function* panelLines({ id, title, vmas, frames }: Panel): Generator<string, void, void> {
  const styles: string[] = [];
  const style = (node: string, fill: string, mark: Mark, dashed = false): void => {
    const dash = dashed ? ',stroke-dasharray:4 3' : '';
    styles.push(
      `style ${node} fill:${fill},stroke:${MARK_COLORS[mark]},stroke-width:${mark === '' ? 1 : 3}px,color:#000000${dash}`,
    );
  };
  yield `  subgraph ${id}["${text(title)}"]`;
  for (const vma of vmas) {
    yield `    subgraph ${vma.id}["${text(sign(vma.mark) + vma.title)}"]`;
    if (vma.flags !== '') {
      yield `      ${vma.id}flags["${text(vma.flags)}"]`;
      style(`${vma.id}flags`, '#ffffff', '');
    } else if (vma.rows.length === 0) {
      yield `      ${vma.id}flags["${vma.mark === '-' ? 'gone' : 'nothing mapped'}"]`;
      style(`${vma.id}flags`, '#ffffff', '');
    }
    for (const row of vma.rows) {
      yield `      ${row.id}["${text(rowText(row))}"]`;
      style(row.id, entryFill(row), row.mark);
    }
    yield '    end';
    if (vma.mark !== '') style(vma.id, '#ffffff', vma.mark);
  }
  for (const frame of frames) {
    yield `    ${frame.id}["${text(sign(frame.mark) + frame.title)}<br/>${text(frame.text)}"]`;
    style(frame.id, frameFill(frame), frame.mark, !frame.valid);
  }
  yield '  end';
  const boxes = new Set(frames.map((frame) => frame.id));
  for (const { rows } of vmas) {
    for (const row of rows) if (row.frame !== null && boxes.has(row.frame)) yield `  ${row.id} --> ${row.frame}`;
  }
  for (const line of styles) yield `  ${line}`;
}
