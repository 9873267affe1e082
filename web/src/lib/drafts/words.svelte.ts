/** What drafts and their versions are called. Reactive: use it in `$derived`. */
import { session } from '#lib/session/session.svelte.ts';
import { nth } from './passages.ts';
import type { DraftView, VersionRow } from '#lib/threads/threads.svelte.ts';
import { draftWords } from '#lib/threads/words.ts';
import { said } from '#lib/time/words.ts';

export const draftName = (draft: Pick<DraftView, 'title' | 'kind'>) => draft.title ?? draftWords[draft.kind];

export const newestOf = (draft: DraftView): VersionRow | undefined => draft.versions.at(-1);

/** The newest version the service has seen: remarks are placed in that one. */
export const knownOf = (draft: DraftView): VersionRow | undefined =>
	draft.versions.findLast((version) => !version.waiting) ?? newestOf(draft);

/** "Third version". */
export function versionName(draft: DraftView): string {
	const number = nth(newestOf(draft)?.version ?? 1);
	return `${number.charAt(0).toUpperCase()}${number.slice(1)} version`;
}

/** "Third version, this morning". */
export function versionWords(draft: DraftView): string {
	const newest = newestOf(draft);
	return newest ? `${versionName(draft)}, ${said(newest.at, session.me?.time_zone ?? undefined)}` : '';
}
