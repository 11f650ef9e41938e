import type { JsonCodec } from './failure.js';
import { Told } from './told.js';

/** A codec that knows words that it takes, for who writes a log: there may be others. */
export class WordsType<A> extends Told<A, readonly string[]> {}

export const wordsOf = <A>(codec: JsonCodec<A>): readonly string[] => (codec instanceof WordsType ? codec.told : []);
