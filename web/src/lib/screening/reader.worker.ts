/**
 * The service's own screen, at work beside the page: the same Python files, read by the same Python. Whatever goes
 * wrong here is said in one word and never with the text.
 */
import type { PyodideAPI } from 'pyodide';
import { lock } from 'virtual:screen-files';
import type { Asked, Said } from './onPhone.svelte.ts';

type Read = (text: string, kept: string[], people: string[]) => string;

const GLUE = `
import json
from app import deid

def read_for_the_page(text, kept, people):
    found = deid.find(text, kept.to_py(), people.to_py())
    return json.dumps({
        "findings": [
            {name: getattr(each, name) for name in ("start", "end", "label", "replacement", "reason", "band")}
            for each in found.findings
        ],
        "cautions": [
            {name: getattr(each, name) for name in ("start", "end", "kind", "reason")}
            for each in found.cautions
        ],
    })

deid.find("The first text reads the word lists.")
`;

let read: Read | undefined;

async function start(python: string, engine: string): Promise<void> {
	const { loadPyodide } = (await import(/* @vite-ignore */ `${python}pyodide.mjs`)) as {
		loadPyodide: (options: object) => Promise<PyodideAPI>;
	};
	const code = fetch(engine).then((answer) => {
		if (!answer.ok) throw new Error('not there');
		return answer.arrayBuffer();
	});
	const py = await loadPyodide({
		indexURL: python,
		lockFileContents: lock,
		env: { PYTHONDONTWRITEBYTECODE: '1' }
	});
	py.unpackArchive(await code, 'zip', { extractDir: '/screen' });
	py.runPython("import sys; sys.path.insert(0, '/screen')");
	py.runPython(GLUE);
	read = py.globals.get('read_for_the_page') as Read;
}

const here = globalThis as unknown as {
	postMessage: (said: Said) => void;
	onmessage: (event: MessageEvent<Asked>) => Promise<void>;
};
const say = (said: Said) => here.postMessage(said);

here.onmessage = async ({ data }) => {
	if ('python' in data) {
		try {
			await start(data.python, data.engine);
			say({ is: 'ready' });
		} catch {
			say({ is: 'failed' });
		}
		return;
	}
	try {
		// A lone half of a pair is no character; the service refuses it, here it only must not be in the way.
		const answer = read!(data.text.toWellFormed(), data.kept, data.people);
		say({ is: 'read', id: data.id, answer: JSON.parse(answer) });
	} catch {
		say({ is: 'unread', id: data.id });
	}
};
