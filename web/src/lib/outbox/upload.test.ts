import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MemoryDisk } from '#lib/disk/disk.ts';
import { NotReached } from '#lib/api/client.ts';
import { uploadVoice } from './upload.ts';

const VOICE = 'v1';
const SAID = new Uint8Array(300_000).map((_, i) => i % 251);

let disk: MemoryDisk;
let stored: Uint8Array<ArrayBuffer>;
let known: boolean;
let finished: { length: number; sha256: string; gist?: string } | undefined;
/** Cut the connection after this many slices. */
let cutAfter: number;
let loseAnswerOf: string | undefined;

beforeEach(async () => {
	disk = new MemoryDisk();
	stored = new Uint8Array();
	known = false;
	finished = undefined;
	cutAfter = Infinity;
	loseAnswerOf = undefined;
	for (let seq = 0; seq < 3; seq++) {
		const value = SAID.slice(seq * 100_000, (seq + 1) * 100_000).buffer;
		await disk.write([{ put: 'chunks', row: { key: `take/${seq}`, parent: 'take', value } }]);
	}
	vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
		const answer = await service(path, init);
		if (loseAnswerOf && path.endsWith(loseAnswerOf) && init.method !== 'HEAD') {
			loseAnswerOf = undefined;
			throw new TypeError('lost');
		}
		return answer;
	});
});
afterEach(() => vi.unstubAllGlobals());

async function service(path: string, init: RequestInit): Promise<Response> {
	const offset = { 'Upload-Offset': String(stored.length) };
	if (path === '/api/voice') {
		const status = known ? 200 : 201;
		known = true;
		return Response.json(
			{ id: VOICE, state: finished ? 'processing' : 'uploading', offset: stored.length },
			{ status }
		);
	}
	if (init.method === 'HEAD') return new Response(null, { status: 200, headers: offset });
	if (init.method === 'PATCH') {
		if (--cutAfter < 0) throw new TypeError('cut');
		const at = Number((init.headers as Record<string, string>)['Upload-Offset']);
		if (at !== stored.length) {
			return new Response('{}', {
				status: 409,
				headers: { 'Content-Type': 'application/problem+json', ...offset }
			});
		}
		const slice = new Uint8Array(init.body as Uint8Array<ArrayBuffer>);
		const next = new Uint8Array(stored.length + slice.length);
		next.set(stored);
		next.set(slice, stored.length);
		stored = next;
		return new Response(null, { status: 204, headers: { 'Upload-Offset': String(stored.length) } });
	}
	finished = JSON.parse(String(init.body));
	return Response.json({ id: VOICE, state: 'processing' });
}

const upload = { voice_id: VOICE, take_id: 'take', content_type: 'audio/webm', gist: 'Count first' };

it('sends all chunks as one file and finishes with its length and hash', async () => {
	const shares: number[] = [];
	const voice = await uploadVoice(disk, upload, (share) => shares.push(Math.round(share * 100)));
	expect(voice.state).toBe('processing');
	expect(stored).toEqual(SAID);
	const digest = Buffer.from(await crypto.subtle.digest('SHA-256', SAID)).toString('hex');
	expect(finished).toEqual({ length: 300_000, sha256: digest, gist: 'Count first' });
	expect(shares).toEqual([0, 44, 87, 100]);
});

it('goes on where it was cut', async () => {
	cutAfter = 1;
	await expect(uploadVoice(disk, upload, () => undefined)).rejects.toBeInstanceOf(NotReached);
	expect(stored.length).toBe(131_072);
	cutAfter = Infinity;
	await uploadVoice(disk, upload, () => undefined);
	expect(stored).toEqual(SAID);
});

it('takes the true offset when a slice had arrived and only its answer was lost', async () => {
	loseAnswerOf = VOICE;
	await expect(uploadVoice(disk, upload, () => undefined)).rejects.toBeInstanceOf(NotReached);
	await uploadVoice(disk, upload, () => undefined);
	expect(stored).toEqual(SAID);
});

it('sends nothing again when the finish was taken and its answer lost', async () => {
	loseAnswerOf = '/finish';
	await expect(uploadVoice(disk, upload, () => undefined)).rejects.toBeInstanceOf(NotReached);
	expect((await uploadVoice(disk, upload, () => undefined)).state).toBe('processing');
	expect(stored).toEqual(SAID);
});
