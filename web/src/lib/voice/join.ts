/**
 * A take that stopped and went on is two recordings. Where both are of one kind they become one file; no sound is
 * decoded, only the times of the later one are moved. docs/decisions/0004 says why.
 */
import { isSame, type Bytes } from './bytes.ts';
import { readMp4, writeMp4, type Mp4 } from './mp4.ts';
import { readWebm, writeWebm, type Webm } from './webm.ts';

export interface Joined {
	bytes: Bytes;
	ms: number;
}

const read = (bytes: Uint8Array) => readWebm(bytes) ?? readMp4(bytes);

/** The true length of a recording, or nothing where it cannot be told. */
export const lengthOf = (bytes: Uint8Array): number | undefined => read(bytes)?.ms;

/** These recordings as one file, or nothing where that would not be heard right. */
export function joined(recordings: Uint8Array[]): Joined | undefined {
	const stretches = recordings.map(read);
	const [first] = stretches;
	if (!first) return undefined;
	const isOneKind = stretches.every(
		(one) => one && one.format === first.format && isSame(one.coding, first.coding)
	);
	if (!isOneKind) return undefined;
	const ms = stretches.reduce((sum, one) => sum + one!.ms, 0);
	if (first.format === 'webm') return { bytes: writeWebm(stretches as Webm[]), ms };
	const all = stretches as Mp4[];
	return all.every((one) => one.scale === first.scale) ? { bytes: writeMp4(all), ms } : undefined;
}
