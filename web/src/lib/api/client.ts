/**
 * The one place that speaks HTTP. Only `store`, `outbox`, `ask` and `session` import it; a page never does.
 *
 * An answer counts only when it has the type we asked for: behind a captive portal a login page says 200 to everything.
 * Such an answer, and no answer, are `NotReached`: nothing was sent, try again later. A refusal is a `Refused`.
 */
import type { Finding } from './shapes.ts';

/** There was no network, or something else than our service answered. */
export class NotReached extends Error {
	override name = 'NotReached';
}

/** What the service says when it refuses (RFC 9457). Its words never quote what was sent. */
export interface ProblemBody {
	type?: string;
	title?: string;
	status?: number;
	detail?: string;
	findings?: Record<string, Finding[]>;
	[key: string]: unknown;
}

export class Refused extends Error {
	override name = 'Refused';
	constructor(
		readonly status: number,
		readonly body: ProblemBody,
		/** How long the service asks us to wait, in seconds. */
		readonly retryAfter?: number,
		readonly headers: Headers = new Headers()
	) {
		super(body.title ?? `status ${status}`);
	}

	/** The last part of `type`: `identifiers-found`, `thread-closed`. */
	get slug(): string {
		return this.body.type?.split('/').at(-1) ?? '';
	}
}

export interface Answer<T> {
	status: number;
	data: T;
	headers: Headers;
}

export interface Ask {
	body?: unknown;
	headers?: Record<string, string>;
	signal?: AbortSignal;
	/** Raw bytes instead of JSON, under `headers['Content-Type']`. */
	bytes?: ArrayBuffer | Uint8Array<ArrayBuffer>;
	/** What to give back: parsed JSON (the default), a Blob, or nothing but status and headers. */
	want?: 'json' | 'blob' | 'nothing';
	timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;

function seconds(header: string | null): number | undefined {
	if (!header) return undefined;
	const asNumber = Number(header);
	if (Number.isFinite(asNumber)) return Math.max(0, asNumber);
	const asDate = Date.parse(header);
	return Number.isNaN(asDate) ? undefined : Math.max(0, (asDate - Date.now()) / 1000);
}

async function refusal(method: string, response: Response): Promise<Error> {
	const type = response.headers.get('Content-Type') ?? '';
	if (method !== 'HEAD' && !type.includes('json') && response.status !== 401 && response.status < 500) {
		return new NotReached();
	}
	let body: ProblemBody = {};
	try {
		if (type.includes('json')) body = (await response.json()) as ProblemBody;
	} catch {
		// A cut answer still has its status.
	}
	return new Refused(response.status, body, seconds(response.headers.get('Retry-After')), response.headers);
}

/** Calls the service as the signed-in person. Throws `NotReached` or `Refused`; otherwise it was a 2xx of our service. */
export async function call<T = unknown>(method: string, path: string, ask: Ask = {}): Promise<Answer<T>> {
	const want = ask.want ?? 'json';
	const timeout = AbortSignal.timeout(ask.timeoutMs ?? TIMEOUT_MS);
	let response: Response;
	try {
		response = await fetch(path, {
			method,
			credentials: 'same-origin',
			cache: 'no-store',
			redirect: 'error',
			headers: {
				Accept: want === 'blob' ? '*/*' : 'application/json',
				...(ask.body !== undefined ? { 'Content-Type': 'application/json' } : {}),
				...ask.headers
			},
			body: ask.bytes ?? (ask.body !== undefined ? JSON.stringify(ask.body) : undefined),
			signal: ask.signal ? AbortSignal.any([ask.signal, timeout]) : timeout
		});
	} catch (error) {
		if (ask.signal?.aborted) throw error;
		throw new NotReached();
	}
	if (!response.ok) throw await refusal(method, response);

	const type = response.headers.get('Content-Type') ?? '';
	if (response.status === 204 || want === 'nothing') {
		// 204 has no type to check; a portal answers 200 with a page.
		if (response.status !== 204 && type.includes('html')) throw new NotReached();
		return { status: response.status, data: undefined as T, headers: response.headers };
	}
	if (want === 'blob') {
		if (type.includes('html')) throw new NotReached();
		return { status: response.status, data: (await response.blob()) as T, headers: response.headers };
	}
	if (!type.includes('json')) throw new NotReached();
	try {
		return { status: response.status, data: (await response.json()) as T, headers: response.headers };
	} catch {
		throw new NotReached();
	}
}
