import { MediaQuery } from 'svelte/reactivity';

/** A window wide enough for list, thread and draft beside each other: `desk.current` (reactive). */
export const desk = new MediaQuery('min-width: 64rem', false);
