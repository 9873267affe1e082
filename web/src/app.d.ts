declare global {
	namespace App {
		interface PageState {
			/** A sheet that is open over the page, so that *back* closes it first. */
			sheet?: string;
		}
	}
}

export {};
