// SPDX-License-Identifier: GPL-2.0-or-later
/** Every error that the command shows ends in its code. */

const LINE = /^specialbit: .*$/gm;
const CODE = / \[([a-z]+(?:-[a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)?)\]$/;

/** What was shown as errors and warnings, without the codes; throws where one has none. */
export function withoutCodes(err: string): string {
  return err.replace(LINE, (line) => {
    if (!CODE.test(line)) throw new Error(`an error without a code: ${line}`);
    return line.replace(CODE, '');
  });
}
