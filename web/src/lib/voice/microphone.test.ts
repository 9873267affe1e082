import { expect, it } from 'vitest';
import { bitsFor, troubleOf, typeFor } from './microphone.ts';
import { Stopwatch } from './stopwatch.ts';

it('takes Opus where it can be had, AAC on older iPhones, and what there is else', () => {
	expect(typeFor(() => true)).toBe('audio/webm;codecs=opus');
	expect(typeFor((type) => type.startsWith('audio/mp4'))).toBe('audio/mp4;codecs=mp4a.40.2');
	expect(typeFor((type) => type === 'audio/mp4')).toBe('audio/mp4');
	expect(typeFor(() => false)).toBeUndefined();
	expect([bitsFor('audio/webm;codecs=opus'), bitsFor('audio/mp4;codecs=mp4a.40.2')]).toEqual([
		24_000, 48_000
	]);
});

it('knows why there is no microphone', () => {
	const named = (name: string) => troubleOf(new DOMException('', name));
	expect(['NotAllowedError', 'NotFoundError', 'NotReadableError', 'NotSupportedError'].map(named)).toEqual([
		'denied',
		'absent',
		'busy',
		'old'
	]);
});

it('counts what is recorded and not the pauses, going on from what there was', () => {
	let now = 1000;
	const watch = new Stopwatch(38_000, () => now);
	now += 500;
	expect(watch.ms).toBe(38_000);
	watch.start();
	now += 2000;
	watch.start();
	expect(watch.ms).toBe(40_000);
	watch.stop();
	now += 60_000;
	expect(watch.ms).toBe(40_000);
	watch.start();
	now += 250;
	expect(watch.ms).toBe(40_250);
});
