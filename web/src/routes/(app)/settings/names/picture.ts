/** A copy of the names as a picture that a second phone photographs, and back. */
import { encode } from 'uqr';

/** Past this many letters the squares grow too small for a photograph of a screen. */
export const MOST_LETTERS = 1_700;

export const fits = (copy: string) => copy.length <= MOST_LETTERS;

export interface Picture {
	/** Squares along a side, the quiet edge included. */
	size: number;
	/** The dark squares as an SVG path, one unit each. */
	path: string;
}

export function draw(copy: string): Picture {
	const { data, size } = encode(copy, { ecc: 'L', border: 4 });
	const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
	return { size, path: dark.join('') };
}

interface Detector {
	detect(image: ImageBitmap): Promise<{ rawValue: string }[]>;
}
type Detectors = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const detectors = () => (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector;

/** Whether this phone's browser can read one from a photograph. */
export async function canRead(): Promise<boolean> {
	try {
		return (await detectors()?.getSupportedFormats())?.includes('qr_code') ?? false;
	} catch {
		return false;
	}
}

/** What is written in a photographed picture, or undefined. */
export async function read(photo: Blob): Promise<string | undefined> {
	const Reader = detectors();
	if (!Reader) return undefined;
	const found = await new Reader({ formats: ['qr_code'] }).detect(await createImageBitmap(photo));
	return found[0]?.rawValue;
}
