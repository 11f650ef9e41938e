// SPDX-License-Identifier: GPL-2.0-or-later
/** JSON with other values at random places of its tree: other types, numbers, names, missing and unknown members. */
import { HEX, MARKUP_TEXTS, NAMES, NUMBERS, STEERING_TEXTS } from './hostile.js';
import { mutateText } from './mutate-text.js';
import type { Random } from './random.js';

/** A tree whose objects keep members of any name, `__proto__` too, in order and twice. */
type Node = { text: string } | { list: Node[] } | { members: [string, Node][] };

function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) return { list: value.map(nodeOf) };
  if (typeof value === 'object' && value !== null)
    return { members: Object.entries(value).map(([name, one]) => [name, nodeOf(one)]) };
  return { text: JSON.stringify(value) };
}

function write(node: Node): string {
  if ('text' in node) return node.text;
  if ('list' in node) return `[${node.list.map(write).join(',')}]`;
  return `{${node.members.map(([name, one]) => `${JSON.stringify(name)}:${write(one)}`).join(',')}}`;
}

/** What stands elsewhere under the same name. */
type Elsewhere = ReadonlyMap<string, readonly Node[]>;

function* members(node: Node): Generator<[string, Node], void, void> {
  if ('list' in node) for (const one of node.list) yield* members(one);
  else if ('members' in node)
    for (const member of node.members) {
      yield member;
      yield* members(member[1]);
    }
}

function elsewhere(trees: readonly Node[]): Elsewhere {
  const found = new Map<string, Node[]>();
  for (const tree of trees)
    for (const [name, node] of members(tree)) found.set(name, [...(found.get(name) ?? []), node]);
  return found;
}

/** Another value that such a member has elsewhere, or a number near it: what is still to be understood. */
function mutateGently(tree: Node, known: Elsewhere, random: Random): void {
  const member = random.pick([...members(tree)]);
  if (member === undefined) return;
  const [name, before] = member;
  if ('text' in before && /^\d+$/.test(before.text) && random.once(2))
    member[1] = { text: String(random.pick([0, 1, 2, 3, 8, 512, Number(before.text) + 1, Number(before.text) * 2])) };
  else member[1] = copy(random.pick(known.get(name) ?? [before]));
}

/** Every place at which something stands. */
function* places(node: Node): Generator<(other?: Node) => Node, void, void> {
  if ('list' in node) {
    for (const i of node.list.keys()) {
      yield (other) => {
        const before = node.list[i]!;
        if (other !== undefined) node.list[i] = other;
        return before;
      };
      yield* places(node.list[i]!);
    }
  } else if ('members' in node) {
    for (const member of node.members) {
      yield (other) => {
        const before = member[1];
        if (other !== undefined) member[1] = other;
        return before;
      };
      yield* places(member[1]);
    }
  }
}

function* objects(node: Node): Generator<[string, Node][], void, void> {
  if ('members' in node) {
    yield node.members;
    for (const [, one] of node.members) yield* objects(one);
  } else if ('list' in node) for (const one of node.list) yield* objects(one);
}

const quoted = (text: string): Node => ({ text: JSON.stringify(text) });

function otherValue(before: Node, all: readonly Node[], random: Random): Node {
  switch (random.below(12)) {
    case 0:
    case 1:
      return { text: random.pick(NUMBERS) };
    case 2:
      return quoted(random.pick(HEX));
    case 3:
      return quoted(random.pick([...STEERING_TEXTS, ...MARKUP_TEXTS]));
    case 4:
      return quoted(random.pick(NAMES));
    case 5:
      return { text: random.pick(['null', 'true', 'false', '[]', '{}', '""', '[[]]', '{"a":{}}']) };
    case 6:
      return { list: Array.from({ length: random.below(4) }, () => before) };
    case 7:
      return { text: `${'['.repeat(random.once(30) ? 9000 : 40)}${']'.repeat(random.once(2) ? 40 : 9000)}` };
    case 8:
      if ('text' in before && before.text.startsWith('"')) return quoted(mutateText(JSON.parse(before.text), random));
      return { members: [[random.pick(NAMES), before]] };
    default:
      // something that stands elsewhere in the input
      return random.pick(all);
  }
}

function mutateTree(tree: Node, all: readonly Node[], random: Random): void {
  const found = [...places(tree)];
  const held = [...objects(tree)];
  const members = random.pick(held);
  switch (random.below(6)) {
    case 0:
      if (members !== undefined) members.splice(random.below(members.length), 1);
      return;
    case 1:
      if (members !== undefined) members.push([random.pick(NAMES), random.pick(all) ?? quoted('x')]);
      return;
    case 2: {
      const one = random.pick(members ?? []);
      if (one !== undefined) one[0] = random.pick(random.once(2) ? NAMES : held.flat().map(([name]) => name));
      return;
    }
    default: {
      const place = random.pick(found);
      if (place !== undefined) place(otherValue(place(), all, random));
    }
  }
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** JSON Lines, some of which are changed; sometimes as text. */
export function mutateJsonLines(text: string, random: Random, most = 200): string {
  const lines = text.split('\n').slice(0, most);
  if (random.once(8)) return mutateText(lines.join('\n'), random);
  const trees = lines.map((line) => parsed(line)).map((value) => (value === undefined ? undefined : nodeOf(value)));
  const known = trees.filter((tree) => tree !== undefined);
  const all = known.flatMap((tree) => [...places(tree)].map((place) => place()));
  const gentle = !random.once(3);
  const names = elsewhere(known);
  const changed = new Set<number>();
  for (let n = 1 + random.below(4); n > 0; n--) {
    const i = random.below(lines.length);
    const tree = trees[i];
    if (tree === undefined) continue;
    // a value that is put into itself has no end
    if (gentle) mutateGently(tree, names, random);
    else mutateTree(tree, all.map(copy), random);
    changed.add(i);
  }
  const written = lines.map((line, i) => (changed.has(i) ? write(trees[i]!) : line));
  const order = random.below(8);
  if (order === 0) written.splice(1 + random.below(written.length), 1);
  if (order === 1) written.splice(1 + random.below(written.length), 0, random.pick(written));
  return written.join('\n');
}

/** One JSON value. */
export function mutateJson(text: string, random: Random): string {
  return mutateJsonLines(JSON.stringify(JSON.parse(text)), random);
}

function copy(node: Node): Node {
  if ('text' in node) return { text: node.text };
  if ('list' in node) return { list: node.list.map(copy) };
  return { members: node.members.map(([name, one]): [string, Node] => [name, copy(one)]) };
}
