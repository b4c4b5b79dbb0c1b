/**
 * Tells the server where this page looks, at once when that changes and every second otherwise, and learns what the
 * server holds for it and who else is looking. One request at a time, so that the last word is the last.
 */
const EVERY = 1000;
const AT_MOST_EVERY = 100;
const HIDDEN_FOR = 60_000;

export class Session {

	/** Called with what the server answers, the viewport it was told, and when it was told. */
	onLook = () => {};
	/** Called with whether the server can be reached. */
	onConnection = () => {};

	constructor(viewport) {
		this.id = crypto.randomUUID?.() ?? uuid();
		this.viewport = viewport;
		this.reported = '';
		this.askedAt = 0;
		this.busy = false;
		this.away = false;
		addEventListener('pagehide', () => this.#leave());
		addEventListener('pageshow', (event) => event.persisted && this.#return());
		document.addEventListener('visibilitychange', () => {
			clearTimeout(this.hiddenTimer);
			if (document.hidden) {
				this.hiddenTimer = setTimeout(() => this.#leave(), HIDDEN_FOR);
			}
			else {
				this.#return();
			}
		});
	}

	/** Report the viewport soon if it has changed. */
	moved() {
		if (!this.busy && JSON.stringify(this.viewport()) !== this.reported) {
			clearTimeout(this.timer);
			this.timer = setTimeout(() => this.report(), Math.max(0, this.askedAt + AT_MOST_EVERY - performance.now()));
		}
	}

	async report() {
		if (this.busy || this.away) {
			return;
		}
		this.busy = true;
		clearTimeout(this.timer);
		const viewport = this.viewport();
		const body = JSON.stringify(viewport);
		const askedAt = this.askedAt = performance.now();
		try {
			const response = await fetch(`api/viewers/${this.id}`, {
				method: 'PUT',
				headers: { 'Content-Type': 'application/json' },
				body,
				signal: AbortSignal.timeout(5000)
			});
			if (!response.ok) {
				throw new Error((await response.json()).detail);
			}
			const look = await response.json();
			this.reported = body;
			this.onConnection(true);
			this.onLook(look, viewport, askedAt);
		}
		catch (error) {
			this.onConnection(false);
		}
		finally {
			this.busy = false;
			const behind = this.reported === body && JSON.stringify(this.viewport()) !== body;
			this.timer = setTimeout(() => this.report(), behind ? AT_MOST_EVERY : EVERY);
		}
	}

	#leave() {
		this.away = true;
		clearTimeout(this.timer);
		navigator.sendBeacon(`api/viewers/${this.id}/departure`);
	}

	#return() {
		if (this.away) {
			this.away = false;
			this.report();
		}
	}

}

/** For pages that come over plain HTTP from another machine, where browsers offer no randomUUID. */
function uuid() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = (bytes[6] & 0x0f) | 0x40;
	bytes[8] = (bytes[8] & 0x3f) | 0x80;
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
