/** Keys made from what a person types. 600,000 rounds of PBKDF2: about half a second on a phone, once. */
const ROUNDS = 600_000;
const encoder = new TextEncoder();

export interface Wrapped {
	salt: Uint8Array<ArrayBuffer>;
	iv: Uint8Array<ArrayBuffer>;
	box: ArrayBuffer;
	rounds: number;
}

export async function keyFromSecret(
	secret: string,
	salt: Uint8Array<ArrayBuffer>,
	rounds: number,
	uses: KeyUsage[]
): Promise<CryptoKey> {
	const material = await crypto.subtle.importKey(
		'raw',
		encoder.encode(secret.normalize('NFKC')),
		'PBKDF2',
		false,
		['deriveKey']
	);
	return crypto.subtle.deriveKey(
		{ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds },
		material,
		{ name: 'AES-GCM', length: 256 },
		false,
		uses
	);
}

/** Wraps an extractable key under a PIN; the result is useless without it. */
export async function wrap(key: CryptoKey, pin: string): Promise<Wrapped> {
	const salt = crypto.getRandomValues(new Uint8Array(16));
	const iv = crypto.getRandomValues(new Uint8Array(12));
	const under = await keyFromSecret(pin, salt, ROUNDS, ['wrapKey']);
	return {
		salt,
		iv,
		box: await crypto.subtle.wrapKey('raw', key, under, { name: 'AES-GCM', iv }),
		rounds: ROUNDS
	};
}

/** The key again, now not to be read out by anyone. Throws OperationError when the PIN is another one. */
export async function unwrap(wrapped: Wrapped, pin: string): Promise<CryptoKey> {
	const under = await keyFromSecret(pin, wrapped.salt, wrapped.rounds, ['unwrapKey']);
	return crypto.subtle.unwrapKey(
		'raw',
		wrapped.box,
		under,
		{ name: 'AES-GCM', iv: wrapped.iv },
		{ name: 'AES-GCM', length: 256 },
		false,
		['encrypt', 'decrypt']
	);
}

/** Small enough for a picture that another phone reads. */
async function through(
	way: GenericTransformStream,
	content: Uint8Array<ArrayBuffer>
): Promise<Uint8Array<ArrayBuffer>> {
	const stream = new Blob([content])
		.stream()
		.pipeThrough(way as TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>);
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const bytes = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** A file that only the passphrase opens, to lie wherever its owner puts it. */
export async function sealFile(value: unknown, passphrase: string): Promise<string> {
	const salt = crypto.getRandomValues(new Uint8Array(16));
	const iv = crypto.getRandomValues(new Uint8Array(12));
	const key = await keyFromSecret(passphrase, salt, ROUNDS, ['encrypt']);
	const packed = await through(new CompressionStream('deflate-raw'), encoder.encode(JSON.stringify(value)));
	const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, packed);
	return JSON.stringify({
		what: 'Pocket Colleague name key',
		version: 2,
		rounds: ROUNDS,
		salt: base64(salt),
		iv: base64(iv),
		box: base64(new Uint8Array(box))
	});
}

/** Throws when it is no such file, or the passphrase is another one. */
export async function openFile<T>(text: string, passphrase: string): Promise<T> {
	const file = JSON.parse(text) as { version: number; rounds: number; salt: string; iv: string; box: string };
	if (![1, 2].includes(file.version) || file.rounds > 10_000_000) throw new Error('not a name key');
	const key = await keyFromSecret(passphrase, bytes(file.salt), file.rounds, ['decrypt']);
	const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(file.iv) }, key, bytes(file.box));
	const unpacked =
		file.version === 1 ? plain : await through(new DecompressionStream('deflate-raw'), new Uint8Array(plain));
	return JSON.parse(new TextDecoder().decode(unpacked)) as T;
}
