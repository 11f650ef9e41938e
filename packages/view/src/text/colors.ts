// SPDX-License-Identifier: GPL-2.0-or-later
/** How a text stands out where it is shown: control sequences, markup, or nothing. */

type Paint = (text: string) => string;

/** The ways in which a text can stand out; each the identity where nothing stands out. */
export interface Colors {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly inverse: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

/** Whatever shows text: a terminal, a page. */
export interface Painted {
  readonly color: Colors;
}

const same = (text: string): string => text;
/** Nothing stands out. */
export const PLAIN_COLORS: Colors = {
  ...{ bold: same, dim: same, inverse: same, red: same, green: same, yellow: same, cyan: same },
};
