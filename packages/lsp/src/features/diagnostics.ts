// SPDX-License-Identifier: GPL-2.0-or-later
/** What is wrong with a log: lines that cannot be read, names that do not exist, expectations that do not hold. */
import { LOG_ERRORS, type LogError } from '@specialbit/events';
import { memberRange, type Problem } from '@specialbit/view/writing';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { Session } from '../session.js';

const SOURCE = 'specialbit';
/** Of a log in which everything is wrong. */
const MOST = 1000;

export function diagnosticsOf({ document, laneProblem, findings }: Session): Diagnostic[] {
  const { lines, headerLine } = document;
  const found: Diagnostic[] = [];
  const add = (line: number, path: string, severity: DiagnosticSeverity, message: string, code?: string): void => {
    const text = lines[line]?.text ?? '';
    const { from, to } = memberRange(text, path);
    const range = { start: { line, character: from }, end: { line, character: to } };
    found.push({ range, severity, source: SOURCE, message, ...(code === undefined ? {} : { code }) });
  };
  const problem = ({ line, path, message, code }: Problem): void =>
    add(Math.max(0, line - 1), path, DiagnosticSeverity.Error, path === '' ? message : `${path}: ${message}`, code);

  if (headerLine < 0) {
    add(
      0,
      '',
      DiagnosticSeverity.Error,
      'expected a header line such as {"specialbit":1}, found none',
      'header-missing',
    );
  }
  for (const [line, { error }] of lines.entries()) {
    if (error === undefined) continue;
    add(line, error.path, DiagnosticSeverity.Error, textOf(error), error.code);
    if (found.length >= MOST) return found;
  }
  if (laneProblem !== undefined) problem({ ...laneProblem, line: headerLine + 1 });
  const { stop } = findings;
  if (stop !== undefined) problem(stop.problem);
  for (const [number, { unmet, without }] of findings.all) {
    const numbered = document.events[number - 1];
    if (numbered === undefined) continue;
    const line = numbered.line - 1;
    if (unmet.length > 0) add(line, '', DiagnosticSeverity.Warning, unmet.join('\n'), 'expectation');
    if (without.length > 0) {
      const text = `${without.join(', ')}: ${without.length === 1 ? 'does' : 'do'} not have what it names; the event is left out there`;
      add(line, '', DiagnosticSeverity.Information, text);
    }
    if (found.length >= MOST) break;
  }
  return found;
}

/** The message of the reader without file and line, and what to do about it. */
function textOf({ code, path, expected, found }: LogError): string {
  const where = path === '' ? '' : `${path}: `;
  return `${where}expected ${expected}, found ${found}\n${LOG_ERRORS[code].remedy}`;
}
