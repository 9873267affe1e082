/**
 * Puts the service's own screen into the build, to run on the phone: `app/deid` as a zip, and the Python that runs it.
 * Both lie under names made of their content, so that they may be kept for ever and a change of one fetches only that.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { zipSync, type Zippable } from 'fflate';
import type { Plugin } from 'vite';

const MODULE = 'virtual:screen-files';
const ENGINE = resolve(import.meta.dirname, '../app/deid');
const PYTHON = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
const PYTHON_FILES = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip'];
const KEPT_FOR_EVER = '_app/immutable';

const digest = (...parts: Uint8Array[]) =>
	parts
		.reduce((hash, part) => hash.update(part), createHash('sha256'))
		.digest('hex')
		.slice(0, 12);

/** The engine's sources and data; the same bytes for the same files, whenever it is packed. */
function packed(): Uint8Array {
	const files: Zippable = {};
	const paths = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' }).sort();
	for (const path of paths.filter((path) => /\.\w+$/.test(path) && !path.includes('__pycache__'))) {
		files[`app/deid/${path}`] = [readFileSync(join(ENGINE, path)), { mtime: new Date(1980, 0, 2) }];
	}
	return zipSync(files, { level: 9 });
}

function files() {
	const engine = packed();
	const python = PYTHON_FILES.map((name) => ({ name, bytes: readFileSync(join(PYTHON, name)) }));
	const folder = `${KEPT_FOR_EVER}/pyodide/${digest(...python.map((file) => file.bytes))}`;
	const lock = JSON.parse(readFileSync(join(PYTHON, 'pyodide-lock.json'), 'utf8')) as { info: object };
	return {
		lock: { info: lock.info, packages: {} },
		engine: { path: `${KEPT_FOR_EVER}/screen/${digest(engine)}.zip`, bytes: engine },
		python: python.map(({ name, bytes }) => ({ path: `${folder}/${name}`, bytes })),
		folder
	};
}

/** `virtual:screen-files` says where they lie: `engine` one file, `python` a folder, `all` every address. */
export function screenFiles(): Plugin {
	const { engine, python, folder, lock } = files();
	const all = [...python, engine];
	const types: Record<string, string> = {
		mjs: 'text/javascript',
		wasm: 'application/wasm',
		zip: 'application/zip'
	};
	return {
		name: 'screen-files',
		resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
		load: (id) =>
			id === `\0${MODULE}`
				? `export const engine = '/${engine.path}';
					export const python = '/${folder}/';
					export const lock = ${JSON.stringify(lock)};
					export const all = ${JSON.stringify(all.map((file) => `/${file.path}`))};`
				: undefined,
		configureServer(server) {
			server.middlewares.use((request, response, next) => {
				const file = all.find((one) => `/${one.path}` === request.url);
				if (!file) return next();
				response.setHeader('Content-Type', types[file.path.split('.').at(-1)!]!);
				response.end(file.bytes);
			});
		},
		generateBundle() {
			if (this.environment.name !== 'client') return;
			for (const { path, bytes } of all) this.emitFile({ type: 'asset', fileName: path, source: bytes });
		}
	};
}
