/** Choices that items and entries share. */
export const channels: [string, string][] = [
	['phone', 'Phone'],
	['text', 'Text message'],
	['email', 'Email'],
	['in_person', 'In person'],
	['video', 'Video'],
	['note', 'Note'],
	['platform', 'School platform'],
	['other', 'Other']
];
export const guesses: [string, string][] = [
	['escape', 'To get away from it'],
	['attention', 'For attention'],
	['item', 'To get something'],
	['sensory', 'For how it feels'],
	['unsure', 'Not sure']
];
export const directions: [string, string][] = [
	['out', 'We reached out'],
	['in', 'They came to us']
];
export const pwn: [string, string][] = [
	['needed', 'Needed'],
	['sent', 'Sent'],
	['not_needed', 'Not needed'],
	['unsure', 'Not sure']
];
