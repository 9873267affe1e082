/// <reference types="@sveltejs/kit" />
import { assets, immutable } from '$app/manifest';
import { version } from '$app/env';
import { self } from '$app/service-worker';

const SHELL = '/200.html';
const CACHE = `shell-${version}`;
/** The screen and its Python: large, so the page fetches them when it has nothing else to do, and they outlive versions. */
const SCREEN = 'screen';
const IN_SCREEN = /^\/_app\/immutable\/(pyodide|screen)\//;
const FILES = [SHELL, ...[...immutable, ...assets].map(({ path }) => `/${path}`)];

self.addEventListener('install', (event) => {
	// No skipWaiting here: the page decides when, never while something is recorded or sent.
	event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

self.addEventListener('activate', (event) => {
	event.waitUntil(
		caches
			.keys()
			.then((names) => names.filter((name) => name.startsWith('shell-') && name !== CACHE))
			.then((old) => Promise.all(old.map((name) => caches.delete(name))))
	);
});

self.addEventListener('message', (event) => {
	if (event.data?.type === 'SKIP_WAITING') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== self.location.origin) return;
	// The service answers for these itself: private, never cached here.
	if (/^\/(api|healthz|readyz|metrics|unsubscribe|docs)(\/|$)/.test(url.pathname)) return;
	// Told of a newer build, SvelteKit would reload a page it cannot find, and get this one again, without end.
	if (url.pathname === '/_app/version.json') event.respondWith(Response.json({ version }));
	else if (request.mode === 'navigate') event.respondWith(from(CACHE, SHELL, request));
	else if (FILES.includes(url.pathname)) event.respondWith(from(CACHE, url.pathname, request));
	else if (IN_SCREEN.test(url.pathname)) event.respondWith(from(SCREEN, url.pathname, request));
});

/** Answers from this version's files, so that a page and its scripts are always of one build. */
async function from(name: string, path: string, request: Request): Promise<Response> {
	const cache = await caches.open(name);
	return (await cache.match(path)) ?? fetch(request);
}
