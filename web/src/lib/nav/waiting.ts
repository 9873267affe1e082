import type { Command, What } from '#lib/outbox/command.ts';

const words: Record<What, [string, string]> = {
	question: ['question', 'questions'],
	answer: ['answer', 'answers'],
	draft: ['draft', 'drafts'],
	remark: ['remark', 'remarks'],
	voice: ['recording', 'recordings'],
	change: ['change', 'changes']
};

/** "1 question", "2 answers", "3 things": what lies on this phone, without any of its words. */
export function countWords(commands: Pick<Command, 'what' | 'quiet'>[]): string {
	// A recording goes with the question or answer that carries it: people count that one.
	const shown = commands.filter((command) => !command.quiet && command.what !== 'voice');
	const counted = shown.length ? shown : commands.filter((command) => !command.quiet);
	const kinds = new Set(counted.map((command) => command.what));
	const n = counted.length;
	if (kinds.size === 1) return `${n} ${words[[...kinds][0]!][n === 1 ? 0 : 1]}`;
	return `${n} things`;
}

/** How far a recording has come, in words a glance can take. */
export function shareWords(progress: number): string {
	if (progress < 0.15) return 'just begun';
	if (progress < 0.4) return 'about a third';
	if (progress < 0.65) return 'about half';
	if (progress < 0.9) return 'most of it';
	return 'nearly all';
}
