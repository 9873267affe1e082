/** Where the build put the screen that runs on the phone; made by `screen-files.ts`. */
declare module 'virtual:screen-files' {
	/** The zip of `app/deid`. */
	export const engine: string;
	/** The folder of the Python that reads it, with a slash at the end. */
	export const python: string;
	/** Which packages there are beyond the standard library: none, so that none is ever looked up. */
	export const lock: object;
	export const all: string[];
}
