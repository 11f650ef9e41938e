// SPDX-License-Identifier: GPL-2.0-or-later
/** A divergence in a few words. */
import { type Case, named } from './acting.js';
import { gravest, type Part } from './divergence.js';
import type { Draft } from './draft.js';
import type { Scene } from './scene.js';

/** The gravest of the parts. */
export function mainPart(drafts: readonly Draft[]): Part {
  const kind = gravest(drafts.map(({ part }) => part));
  return drafts.find(({ part }) => part.kind === kind)!.part;
}

/** To follow "at event 17: ". */
export function headlineOf(c: Case): string {
  const { scene, event, api, drafts } = c;
  const kinds = new Set(drafts.map(({ part }) => part.kind));
  // what the event did to references says more than that it is seen differently afterwards
  const moved = drafts.map((draft) => referenceMove(scene, draft)).find((text) => text !== undefined);
  if (moved !== undefined && !kinds.has('crash') && !kinds.has('message')) return `${api} ${moved}`;
  const part = mainPart(drafts);
  const values = scene.lanes.map((lane, l) => `${part.values[l] ?? 'none'} on ${lane.name}`).join(', ');
  switch (part.kind) {
    case 'crash':
      return `${api} kills the kernel on ${named(scene.lanes.filter((lane) => lane.outcome?.crash != null))}`;
    case 'message': {
      const reporting = scene.lanes.filter((_, l) => part.values[l] !== 'none');
      return `${api} reports ${part.values.find((v) => v !== 'none')} on ${named(reporting)}`;
    }
    case 'decision':
      return `${api}: ${part.what} is ${values}`;
    case 'outcome':
      return part.aspect === 'return value' ? `${event.type} returned ${values}` : `${api}, ${part.aspect}: ${values}`;
    default:
      return `${api}: ${part.what}, ${part.aspect}: ${values}`;
  }
}

/** "took a reference on arm": some lanes changed the count, and the others did not. */
function referenceMove(scene: Scene, { part, thing }: Draft): string | undefined {
  if (part.kind !== 'reference') return undefined;
  const identity = Number(thing);
  const moves = scene.lanes.map((lane) => {
    const pfn = lane.ids.pfn(identity);
    if (pfn < 0) return undefined;
    const was = lane.touched.countBefore(pfn);
    return was === undefined ? 0 : lane.k.page_count(pfn) - was;
  });
  if (moves.some((move) => move === undefined)) return undefined;
  const moving = scene.lanes.filter((_, l) => moves[l] !== 0);
  const first = moves.find((move) => move !== 0);
  if (first === undefined || moving.length === scene.lanes.length) return undefined;
  const refs = Math.abs(first) === 1 ? 'a reference' : `${Math.abs(first)} references`;
  return `${first > 0 ? 'took' : 'dropped'} ${refs} on ${named(moving)}`;
}
