import words from './ordinary.txt?raw';

/** Everyday words that are names too, or one slip away from one; `scripts/name_words.py` writes the list. */
export const ordinary: ReadonlySet<string> = new Set(words.split('\n'));
