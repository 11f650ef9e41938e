// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest';
import { Places } from './places.js';

const key = (places: Places, vpn: number): string => {
  const piece = places.find(vpn);
  return piece === undefined ? 'none' : `${piece.id}[${vpn - piece.base}]`;
};

it('knows the mapping of a page and the page of a mapping', () => {
  const places = new Places();
  places.place(1, 100, 4);
  places.place(2, 110, 2);
  expect([99, 100, 103, 104, 110, 111].map((vpn) => key(places, vpn))).toEqual([
    'none',
    '1[0]',
    '1[3]',
    'none',
    '2[0]',
    '2[1]',
  ]);
  expect(places.vpn(2, 1)).toBe(111);
  expect(places.vpn(3, 0)).toBeUndefined();
});

it('cuts what a later mapping covers', () => {
  const places = new Places();
  places.place(1, 100, 10);
  places.place(2, 104, 2);
  expect([103, 104, 105, 106].map((vpn) => key(places, vpn))).toEqual(['1[3]', '2[0]', '2[1]', '1[6]']);
  places.place(3, 90, 30);
  expect(key(places, 104)).toBe('3[14]');
  // nothing is left of the first
  expect(places.vpn(1, 0)).toBeUndefined();
});

it('grows a mapping in place, and forks', () => {
  const places = new Places();
  places.place(1, 100, 2);
  const child = places.fork();
  places.grow(100, 5, 9);
  expect(key(places, 104)).toBe('1[4]');
  expect(key(child, 104)).toBe('none');
  child.place(2, 104, 1);
  expect(key(places, 104)).toBe('1[4]');
});
