// SPDX-License-Identifier: GPL-2.0-or-later
/** What a driver of the kernel asks and does, beside the advice. */
import { type Advice, against, DRIVERS, type Driver, verdictText } from '@specialbit/advice';
import { suggestion } from '@specialbit/events';
import { wrap } from '@specialbit/view';
import { UsageError } from '../failure.js';
import type { AdviseOptions } from './options.js';

/** Throws UsageError. */
export function driverNamed(name: string): Driver {
  const found = DRIVERS.find((driver) => driver.name === name);
  if (found !== undefined) return found;
  const known = DRIVERS.map((driver) => driver.name);
  const hint = suggestion(name, known);
  throw new UsageError('usage.value', `no such driver: ${JSON.stringify(name)}${hint}; there are ${known.join(', ')}`);
}

/** The driver's question; what was given beside it is asked, too. */
export function asDriver(driver: Driver, given: AdviseOptions): AdviseOptions {
  return {
    ...given,
    memory: given.memory ?? driver.memory,
    scattered: given.scattered ?? driver.scattered,
    populate: driver.on,
    readOnly: driver.prot === 'r',
    need: [...driver.needs, ...(given.need ?? [])],
    kernel: given.kernel ?? driver.ways.map(({ kernel }) => kernel),
  };
}

/** How the driver's own way stands, for each kernel. */
export function driverLines(driver: Driver, advice: Advice): string[] {
  return driver.ways.flatMap(({ kernel, way, flags, handlers, where }) => {
    const { rank, agrees, lacks } = against(advice, way);
    const beside = [...flags, ...handlers.map((handler) => `->${handler}`)].join(' ');
    const what = `${driver.name} in ${kernel}: ${way}${beside === '' ? '' : `, with ${beside}`} (${where})`;
    const why = lacks.map(
      ({ need, verdict, lanes }) =>
        `${need} (${verdictText(verdict)}${lanes.length === advice.lanes.length ? '' : ` on ${lanes.join(', ')}`})`,
    );
    const stands = agrees ? 'does what the best way does' : `is number ${rank}, and does not do ${why.join(', ')}`;
    return wrap(`${what} ${stands}.`);
  });
}
