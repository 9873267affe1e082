/** Three starters above the clock: what a question, an answer and a word back can begin with. */
export function hintsFor(who: 'asker' | 'author' | 'mentor', wish: string, isListening: boolean): string[] {
	if (who === 'asker') return ['What is happening?', 'What have you tried?', wish];
	if (who === 'author') return ['What did you do with it?', 'How did it go?', 'What is still open?'];
	if (isListening) return ['Say back what you heard.', 'Say what is strong.', 'Nothing more is owed.'];
	return [
		'What did you hear, and what is strong?',
		'What would you do first?',
		'One question that moves it on'
	];
}

const STEP_MS = 15_000;

/** Which starter one is likely at: each has its quarter of a minute, the last one the rest. */
export const hintAt = (ms: number, count: number) => Math.min(count - 1, Math.floor(ms / STEP_MS));
