/** What there is to know about microphones in browsers: kinds of files, what may go wrong, who takes them away. */

/** `denied`: not allowed · `absent`: no microphone · `busy`: another app has it · `old`: this browser cannot · `full`: no room */
export type Trouble = 'denied' | 'absent' | 'busy' | 'old' | 'full';

const TYPES = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4'];
/** A microphone may fall silent for a moment; longer than this somebody else has it. */
const MUTE_MS = 2000;

const troubles: Record<string, Trouble> = {
	NotAllowedError: 'denied',
	SecurityError: 'denied',
	NotFoundError: 'absent',
	OverconstrainedError: 'absent',
	QuotaExceededError: 'full',
	NotSupportedError: 'old'
};

export const troubleOf = (error: unknown): Trouble => troubles[(error as Error).name] ?? 'busy';

export const typeFor = (isSupported: (type: string) => boolean) => TYPES.find(isSupported);
/** Opus says as much in half the room. */
export const bitsFor = (type: string) => (type.includes('webm') || type.includes('opus') ? 24_000 : 48_000);

/** Asks for it; throws what `troubleOf` reads. */
export function microphone(): Promise<MediaStream> {
	return navigator.mediaDevices.getUserMedia({
		audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: true }
	});
}

export function end(stream: MediaStream | undefined): void {
	for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Tells of all that can take the microphone away, until `signal`; `hidden` and `seen` are the page's own coming and going. */
export function watchMicrophone(
	stream: MediaStream,
	on: { taken: () => void; hidden: () => void; seen: () => void },
	signal: AbortSignal
): void {
	let muted: ReturnType<typeof setTimeout> | undefined;
	for (const track of stream.getAudioTracks()) {
		track.addEventListener('ended', on.taken, { signal });
		track.addEventListener(
			'mute',
			() => {
				clearTimeout(muted);
				muted = setTimeout(() => track.muted && on.taken(), MUTE_MS);
			},
			{ signal }
		);
		track.addEventListener('unmute', () => clearTimeout(muted), { signal });
	}
	signal.addEventListener('abort', () => clearTimeout(muted));
	document.addEventListener(
		'visibilitychange',
		() => (document.visibilityState === 'hidden' ? on.hidden() : on.seen()),
		{ signal }
	);
	addEventListener(
		'pagehide',
		() => {
			on.hidden();
			on.taken();
		},
		{ signal }
	);
	// Safari alone says when a call takes over.
	const sound = (navigator as { audioSession?: EventTarget & { state?: string } }).audioSession;
	sound?.addEventListener?.('statechange', () => sound.state === 'interrupted' && on.taken(), { signal });
}
