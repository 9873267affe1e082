import { page } from '$app/state';

/** Longer than any phone takes to go one step back. */
const AT_MOST_MS = 400;

/**
 * A sheet that closes takes its step of the history back. Whoever goes elsewhere from inside a sheet waits for that
 * first, or the step back would undo the way there.
 */
export async function sheetGone(): Promise<void> {
	if (!page.state.sheet) return;
	await new Promise<void>((resolve) => {
		addEventListener('popstate', () => resolve(), { once: true });
		setTimeout(resolve, AT_MOST_MS);
	});
	// SvelteKit answers the step itself before anything new is asked of it.
	await new Promise((resolve) => setTimeout(resolve));
}
