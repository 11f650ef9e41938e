// SPDX-License-Identifier: GPL-2.0-or-later
/** The logs that come with the page. A file that stands alone has those that stand packed in it. */
import { EMPTY } from '../share/view-state.js';
import * as actions from './actions.js';
import { packedIn, unpacked } from './engine-client.js';
import { type Example, examples } from './store.js';

export async function loadExamples(): Promise<void> {
  const packed = packedIn('examples');
  if (packed !== null) {
    examples.value = JSON.parse(await unpacked(packed)) as Example[];
    return;
  }
  if (packedIn('engine') !== null) return;
  const answer = await fetch('examples.json').catch(() => undefined);
  if (answer?.ok !== true) return;
  examples.value = (await answer.json()) as Example[];
}

/** Opens one; the story of the gallery becomes the description of the log, so that a link tells it as well. */
export async function openExample({ name, title, log, story, lanes }: Example): Promise<void> {
  await actions.open({ ...EMPTY, file: name, log: withStory(log, title, story), lanes: lanes?.length ? lanes : null });
}

function withStory(log: string, title: string | undefined, story: readonly string[]): string {
  if (story.length === 0) return log;
  const end = log.indexOf('\n');
  const header = JSON.parse(log.slice(0, end)) as Record<string, unknown>;
  return JSON.stringify({ ...header, ...(title === undefined ? {} : { title }), description: story }) + log.slice(end);
}
