/**
 * A newer version of the app waits until it is asked for, and is never put in while something is recorded or sent.
 * `update.ready` is reactive; `update.busy` is set by the recorder.
 */
class Update {
	ready = $state(false);
	busy = $state(false);
	#waiting: ServiceWorker | undefined;
	#reloading = false;

	async watch(): Promise<void> {
		if (!('serviceWorker' in navigator)) return;
		const hadOne = navigator.serviceWorker.controller !== null;
		navigator.serviceWorker.addEventListener('controllerchange', () => {
			// The very first worker takes over a page that is already of its own build.
			if (!hadOne || this.#reloading) return;
			this.#reloading = true;
			location.reload();
		});
		const registration = await navigator.serviceWorker.ready;
		this.#offer(registration);
		registration.addEventListener('updatefound', () => {
			registration.installing?.addEventListener('statechange', () => this.#offer(registration));
		});
		const look = () => {
			if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
		};
		document.addEventListener('visibilitychange', look);
		setInterval(look, 3_600_000);
	}

	#offer(registration: ServiceWorkerRegistration): void {
		if (!registration.waiting || !navigator.serviceWorker.controller) return;
		this.#waiting = registration.waiting;
		this.ready = true;
	}

	take(): void {
		if (this.busy) return;
		this.#waiting?.postMessage({ type: 'SKIP_WAITING' });
	}
}

export const update = new Update();
