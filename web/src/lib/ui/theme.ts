export type Theme = 'system' | 'light' | 'dark';
const KEY = 'theme';

/** What this phone was set to; drawn before anything else, so that the page never flashes in the other one. */
export function currentTheme(): Theme {
	const kept = localStorage.getItem(KEY);
	return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function setTheme(theme: Theme): void {
	if (theme === 'system') localStorage.removeItem(KEY);
	else localStorage.setItem(KEY, theme);
	applyTheme();
}

export function applyTheme(): void {
	const theme = currentTheme();
	if (theme === 'system') delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
}
