/**
 * A voice note on its way: made known by its id, sent in slices with their offset, finished with length and hash. It
 * may stop anywhere and go on later, from this tab or another: the service knows how far it came.
 */
import { call, Refused } from '#lib/api/client.ts';
import type { Voice } from '#lib/api/shapes.ts';
import type { Disk } from '#lib/disk/disk.ts';
import type { Upload } from './command.ts';

const SLICE_BYTES = 128 * 1024;

async function whole(disk: Disk, takeId: string): Promise<Uint8Array<ArrayBuffer>> {
	const chunks = await disk.under<ArrayBuffer>('chunks', takeId);
	const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.value.byteLength, 0));
	let at = 0;
	for (const chunk of chunks) {
		bytes.set(new Uint8Array(chunk.value), at);
		at += chunk.value.byteLength;
	}
	return bytes;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
	const digest = await crypto.subtle.digest('SHA-256', bytes);
	return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const offsetOf = (headers: Headers) => {
	const text = headers.get('Upload-Offset');
	return text === null ? undefined : Number(text);
};

/** Sends what is missing. Throws NotReached or Refused, after which calling it again goes on where it stopped. */
export async function uploadVoice(
	disk: Disk,
	upload: Upload,
	progress: (share: number) => void,
	signal?: AbortSignal
): Promise<Voice> {
	const path = `/api/voice/${upload.voice_id}`;
	const bytes = await whole(disk, upload.take_id);
	const made = await call<Voice & { offset?: number }>('POST', '/api/voice', {
		body: { id: upload.voice_id, content_type: upload.content_type },
		signal
	});
	// The finish may have been taken and only its answer lost.
	if (made.data.state !== 'uploading') return made.data;

	let offset = 0;
	if (made.status !== 201) {
		const head = await call('HEAD', path, { want: 'nothing', signal });
		offset = offsetOf(head.headers) ?? made.data.offset ?? 0;
	}
	while (offset < bytes.length) {
		progress(offset / bytes.length);
		try {
			const slice = bytes.slice(offset, offset + SLICE_BYTES);
			const { headers } = await call('PATCH', path, {
				bytes: slice,
				want: 'nothing',
				signal,
				headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) },
				timeoutMs: 60_000
			});
			offset = offsetOf(headers) ?? offset + slice.length;
		} catch (error) {
			const true_offset =
				error instanceof Refused && error.status === 409 ? offsetOf(error.headers) : undefined;
			if (true_offset === undefined || true_offset === offset) throw error;
			offset = true_offset;
		}
	}
	const { data } = await call<Voice>('POST', `${path}/finish`, {
		body: {
			length: bytes.length,
			sha256: await sha256(bytes),
			...(upload.gist ? { gist: upload.gist } : {}),
			...(upload.kept ? { kept: upload.kept } : {}),
			...(upload.marks?.length ? { marks: upload.marks } : {})
		},
		signal
	});
	progress(1);
	return data;
}
