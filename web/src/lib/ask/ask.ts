/**
 * What cannot come from the phone's own copy and is asked for at once: search, the screen, and a few lists of the
 * settings. Every function throws NotReached without network and Refused when the service says no; pages say both in
 * words. Acts that only make sense at once (a token that is shown one time, an export) are here too; all others go
 * through the outbox.
 */
import { call } from '#lib/api/client.ts';
import type { DocumentRead, Id, ScreenAnswer, SearchHit } from '#lib/api/shapes.ts';
import { store } from '#lib/session/session.svelte.ts';

export { NotReached, Refused } from '#lib/api/client.ts';

export interface Listed<T> {
	items: T[];
	next?: string | null;
}

/** What the service's screen sees in a text that is not sent yet. Offsets are code points. */
export async function screen(text: string, signal?: AbortSignal): Promise<ScreenAnswer> {
	return (await call<ScreenAnswer>('POST', '/api/screen', { body: { text }, signal, timeoutMs: 6_000 })).data;
}

/** The words of a Word or PDF file. It goes whole, is read in the service's memory, and is not kept. */
export async function readDocument(bytes: ArrayBuffer, signal?: AbortSignal): Promise<DocumentRead> {
	const headers = { 'Content-Type': 'application/octet-stream' };
	return (await call<DocumentRead>('POST', '/api/documents', { bytes, headers, signal, timeoutMs: 120_000 }))
		.data;
}

export interface SearchFor {
	q: string;
	case_id?: Id;
	kind?: string;
	from?: string;
	to?: string;
	limit?: number;
	after?: string;
}

/** By POST, so that the words stay out of addresses and logs. */
export async function search(what: SearchFor, signal?: AbortSignal): Promise<Listed<SearchHit>> {
	return (await call<Listed<SearchHit>>('POST', '/api/search', { body: what, signal })).data;
}

/** A list or object that the changes do not carry: sessions, tokens, members, an export's state. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
	return (await call<T>('GET', path, { signal })).data;
}

/** The same, kept for the next time without network under `name`: read it with `store.kept(name)`. */
export async function readAndKeep<T>(name: string, path: string): Promise<T> {
	const fresh = await read<T>(path);
	await store.keep(name, fresh);
	return fresh;
}

/** An act that is done now or not at all. */
export async function actNow<T = unknown>(
	method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
	path: string,
	body?: object
): Promise<T> {
	return (await call<T>(method, path, { body, want: method === 'DELETE' ? 'nothing' : 'json' })).data;
}

/** A file to save on the phone. */
export async function file(path: string): Promise<Blob> {
	return (await call<Blob>('GET', path, { want: 'blob', timeoutMs: 60_000 })).data;
}
