/**
 * What is kept on the phone is sealed with AES-256-GCM under a key that scripts can use but never read out.
 * The place of a row is bound into its seal, so that a row moved elsewhere no longer opens.
 */
export interface Sealed {
	iv: Uint8Array<ArrayBuffer>;
	box: ArrayBuffer;
	/** The content is bytes (a recording), not JSON. */
	raw?: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function newKey(): Promise<CryptoKey> {
	return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

export async function seal(key: CryptoKey, place: string, value: unknown): Promise<Sealed> {
	const raw = value instanceof ArrayBuffer;
	const iv = crypto.getRandomValues(new Uint8Array(12));
	const box = await crypto.subtle.encrypt(
		{ name: 'AES-GCM', iv, additionalData: encoder.encode(place) },
		key,
		raw ? value : encoder.encode(JSON.stringify(value))
	);
	return raw ? { iv, box, raw } : { iv, box };
}

/** Throws OperationError when the key or the place is another one. */
export async function open<T>(key: CryptoKey, place: string, sealed: Sealed): Promise<T> {
	const plain = await crypto.subtle.decrypt(
		{ name: 'AES-GCM', iv: sealed.iv, additionalData: encoder.encode(place) },
		key,
		sealed.box
	);
	return (sealed.raw ? plain : JSON.parse(decoder.decode(plain))) as T;
}
