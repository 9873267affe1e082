import { execSync } from 'node:child_process';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { screenFiles } from './screen-files.ts';

/** Names the build after its commit, so that two builds of one commit are one version to the phone. */
function commit(): string | undefined {
	if (process.env.APP_VERSION) return process.env.APP_VERSION;
	try {
		return execSync('git rev-parse HEAD', { stdio: ['ignore', 'pipe', 'ignore'] })
			.toString()
			.trim();
	} catch {
		return undefined;
	}
}

/** SvelteKit's announcer carries an inline style, which our policy refuses; global.css has its rules instead. */
const announcerWithoutStyle: Plugin = {
	name: 'announcer-without-style',
	enforce: 'pre',
	transform: (code, id) =>
		id.endsWith('/runtime/components/root.svelte') ? code.replace(/\sstyle="[^"]*"/, '') : undefined
};

const api = process.env.API_ORIGIN ?? 'http://localhost:8000';

export default defineConfig({
	plugins: [
		announcerWithoutStyle,
		screenFiles(),
		sveltekit({
			adapter: adapter({ fallback: '200.html', precompress: true }),
			// The hashes land in 200.html; the service reads them there and sends the whole policy as a header.
			csp: { mode: 'hash', directives: { 'script-src': ['self'] } },
			version: { name: commit() }
		})
	],
	worker: { format: 'es', plugins: () => [screenFiles()] },
	server: { proxy: { '/api': { target: api, ws: true } } },
	preview: { proxy: { '/api': { target: api, ws: true } } },
	resolve: process.env.VITEST ? { conditions: ['browser'] } : undefined,
	test: { include: ['src/**/*.test.ts'], environment: 'node', setupFiles: ['./src/setup.test-env.ts'] }
});
