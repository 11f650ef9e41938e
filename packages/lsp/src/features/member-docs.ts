// SPDX-License-Identifier: GPL-2.0-or-later
/** What the format's documentation says of events and members. */
import { type DescribedRecord, MEMBER_DOCS } from '@specialbit/events/schema';

/** Of the members of an object, by its type, or by where it stands. */
export function docsAt(
  path: readonly (string | number)[],
  type: string | undefined,
  header: boolean,
): DescribedRecord | undefined {
  const word = type ?? (header ? headerWord(path) : path.at(-1));
  return typeof word === 'string' && Object.hasOwn(MEMBER_DOCS, word) ? MEMBER_DOCS[word] : undefined;
}

function headerWord(path: readonly (string | number)[]): string | undefined {
  if (path.length === 0) return 'the header';
  if (path.length !== 2) return undefined;
  return { files: 'a file', blocks: 'a block', machine: 'a machine' }[String(path[0])];
}
