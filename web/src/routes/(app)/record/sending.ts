/** A finished take on its way: its upload and what carries it lie down together, or neither does. */
import { v7 as uuid7 } from 'uuid';
import { goto } from '$app/navigation';
import type { Day, Id } from '#lib/api/shapes.ts';
import { outbox } from '#lib/session/session.svelte.ts';
import { ask, postMessage, readUpTo, type Question } from '#lib/threads/acts.ts';
import { isMine } from '#lib/threads/head.svelte.ts';
import { sentWords } from '#lib/threads/sent.ts';
import { readTo, type ThreadView } from '#lib/threads/threads.svelte.ts';
import { clock, dateWords, daysBetween, neededBy, weekday } from '#lib/time/words.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import { uploadVoice } from '#lib/voice/acts.ts';
import { folded, MOST_MS, type Take } from '#lib/voice/take.ts';
import { takes } from '#lib/voice/takes.svelte.ts';

export const LONGEST_GIST = 200;
const PEAKS = 120;

interface Line {
	gist: string;
	kept: string[];
	/** When an answer is needed, and the day it is. */
	day: Day | null;
	now: Day;
}

/** The line that is made where a teacher writes none: "Voice, 0:40, needed by Thursday", its length as the player says it. */
export function gistFor(take: Pick<Take, 'ms'>, day: Day | null, now: Day): string {
	const parts = ['Voice', clock(take.ms / 1000)];
	if (day) {
		const days = daysBetween(now, day);
		parts.push(`needed by ${days >= 0 && days < 7 ? weekday(day) : dateWords(day, now)}`);
	}
	return parts.join(', ');
}

/** The note as it is drawn until the service's own is here, and the act that uploads it. */
function carried(take: Take, threadId: Id, line: Line) {
	const { gist } = line;
	const upload = uploadVoice(
		{
			// The take's own id: sent a second time it is the same note.
			voice_id: take.id,
			take_id: take.id,
			content_type: take.runs[0]!.type,
			...(gist ? { gist } : {}),
			...(line.kept.length ? { kept: { gist: line.kept } } : {}),
			marks: take.marks.filter((mark) => mark.at_ms <= Math.min(take.ms, MOST_MS))
		},
		threadId
	);
	const voice = {
		id: take.id,
		duration_ms: Math.round(take.ms),
		peaks: folded(take.peaks, PEAKS),
		gist: gist || gistFor(take, line.day, line.now)
	};
	return { upload, voice };
}

type Way = Awaited<ReturnType<typeof outbox.sendAll>>[number];

async function lay(take: Take, acts: Parameters<typeof outbox.sendAll>[0]): Promise<[Way, Way]> {
	const ways = await takes.give(take.id, (gone) => outbox.sendAll(acts, [gone]));
	const [upload, carrier] = ways as [Way, Way];
	for (const way of [upload, carrier]) {
		void way.done.then((outcome) => {
			// The gate saw more in the line than the phone could: it is right there to change. Whoever has gone on to
			// something else is not taken from it: Today says it.
			const isHere = ['/record', acts[1]?.href].includes(location.pathname);
			if (outcome.state === 'look' && isHere) void goto(`/waiting/${way.id}`);
		});
	}
	return [upload, carrier];
}

export async function sendQuestion(
	take: Take,
	question: Omit<Question, 'voice' | 'body' | 'kept'>,
	line: Line
): Promise<{ command: Id; thread: Id }> {
	const thread = uuid7();
	const { upload, voice } = carried(take, thread, line);
	const [, carrier] = await lay(take, [upload, ask({ ...question, voice }, thread)]);
	void carrier.done.then((outcome) => {
		// The page itself says so while one is still on it.
		if (outcome.state === 'sent' && location.pathname !== '/record') {
			toasts.say(`Sent. ${neededBy(line.day, line.now)}.`);
		}
	});
	return { command: carrier.id, thread };
}

export async function sendAnswer(take: Take, thread: ThreadView, line: Line): Promise<void> {
	const { upload, voice } = carried(take, thread.id, isMine(thread) ? line : { ...line, day: null });
	const [, carrier] = await lay(take, [upload, postMessage(thread, { voice })]);
	if (thread.last_seq && thread.last_seq > readTo(thread)) {
		await outbox.send(readUpTo(thread.id, thread.last_seq));
	}
	void carrier.done.then((outcome) => {
		if (outcome.state === 'sent') toasts.say(sentWords(thread));
	});
}
