/**
 * The last look before an act leaves the phone: what was written before its names were in the key, or came past a
 * composer, does not go with a name of the key in it. It waits for its writer as if the service had refused it.
 */
import type { Finding } from '#lib/api/shapes.ts';
import { learned } from '#lib/key/learned.svelte.ts';
import type { Act } from '#lib/outbox/command.ts';
import { texts } from '#lib/outbox/texts.ts';
import { toPoints } from '#lib/text/points.ts';
import { isCertain, knownFlags } from './flags.ts';

/** Names of the key that an act would carry away, by path, as the service would say it. */
export async function carried(act: Act): Promise<Record<string, Finding[]> | undefined> {
	await learned.ready();
	const found = texts(act, true).flatMap(({ path, text }) => {
		const flags = knownFlags(text, learned.finder).filter(isCertain);
		const findings = flags.map((flag): Finding => ({
			start: toPoints(text, flag.start),
			end: toPoints(text, flag.end),
			label: 'PERSON',
			replacement: flag.replacement ?? 'someone',
			reason: flag.reason ?? '',
			band: 'sure'
		}));
		return findings.length ? [[path, findings] as const] : [];
	});
	return found.length ? Object.fromEntries(found) : undefined;
}
