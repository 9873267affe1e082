/** What people call the time zones they live in. */
const COMMON: Record<string, string> = {
	'America/New_York': 'Eastern time',
	'America/Chicago': 'Central time',
	'America/Denver': 'Mountain time',
	'America/Phoenix': 'Arizona time',
	'America/Los_Angeles': 'Pacific time',
	'America/Anchorage': 'Alaska time',
	'Pacific/Honolulu': 'Hawaii time'
};

/** "Pacific time", "Lisbon time"; "Knox, Indiana" is how the third level is said. */
export function zoneWords(zone: string): string {
	if (COMMON[zone]) return COMMON[zone];
	const [, ...places] = zone.split('/');
	return places.length ? `${places.reverse().join(', ').replaceAll('_', ' ')} time` : zone;
}

/** The common ones first, the rest of the world by continent. A zone that is set stays a choice. */
export function zoneOptions(now: string): { value: string; label: string; group?: string }[] {
	const known = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
	const rest = [...new Set([...known, now])].filter((zone) => zone && !COMMON[zone]);
	return [
		...Object.entries(COMMON).map(([value, label]) => ({ value, label })),
		...rest.map((value) => ({
			value,
			label: zoneWords(value).replace(/ time$/, ''),
			group: value.includes('/') ? value.split('/')[0]! : 'Other'
		}))
	];
}
