/**
 * The pictures of the tiles. What is in view is fetched nearest first; what was in view stays for a while to be shown,
 * scaled, until something better arrives.
 */
const PARALLEL = 4;
const KEPT = 500;

/** Where a picture came from, in words and as a colour. */
export const ORIGINS = {
	'rendered': { words: 'rendered here', color: '#f7a432' },
	'redis': { words: 'from Redis', color: '#b79cff' },
	'at-hand': { words: 'at hand', color: '#6fd0e2' }
};

export const key = (zoom, x, y) => `${zoom}/${x}/${y}`;

export class Tiles {

	/** Called whenever there is something new to draw. */
	onChange = () => {};

	constructor(viewer) {
		this.viewer = viewer;
		this.pictures = new Map(); // key → { bitmap, serial, origin, loadedAt }, in the order of use
		this.wanted = new Map(); // key → { zoom, x, y, distance }
		this.loading = new Set(); // keys; not given up when out of view, for the server would go on rendering all the same
		this.failedUntil = 0;
	}

	get(zoom, x, y) {
		return this.pictures.get(key(zoom, x, y));
	}

	/** How many of the tiles of a viewport came from where, by origin. */
	origins({ zoom, left, top, right, bottom }) {
		const counts = {};
		for (let y = top; y <= bottom; y++) {
			for (let x = left; x <= right; x++) {
				const origin = this.get(zoom, x, y)?.origin;
				if (origin) {
					counts[origin] = (counts[origin] ?? 0) + 1;
				}
			}
		}
		return counts;
	}

	get missing() {
		return this.wanted.size;
	}

	/**
	 * Want what a viewport shows and the server does not hold for us as the same instance that we have.
	 * @param held what the server held when it was told of the viewport, key → { serial, … }
	 * @param askedAt when it was told; what was loaded since is held, too
	 */
	want({ zoom, left, top, right, bottom }, held, askedAt) {
		const middleX = (left + right) / 2, middleY = (top + bottom) / 2;
		this.wanted.clear();
		for (let y = top; y <= bottom; y++) {
			for (let x = left; x <= right; x++) {
				const id = key(zoom, x, y);
				const picture = this.pictures.get(id);
				if (picture) {
					this.pictures.delete(id); // to the end: used last
					this.pictures.set(id, picture);
				}
				if (!picture || (picture.loadedAt < askedAt && held.get(id)?.serial !== picture.serial)) {
					this.wanted.set(id, { zoom, x, y, distance: Math.hypot(x - middleX, y - middleY) });
				}
			}
		}
		this.#next();
	}

	#next() {
		while (this.loading.size < PARALLEL && performance.now() >= this.failedUntil) {
			let nearest = null;
			for (const [id, tile] of this.wanted) {
				if (!this.loading.has(id) && (!nearest || tile.distance < nearest.distance)) {
					nearest = tile;
				}
			}
			if (!nearest) {
				return;
			}
			this.#load(nearest);
		}
	}

	async #load({ zoom, x, y }) {
		const id = key(zoom, x, y);
		this.loading.add(id);
		try {
			const response = await fetch(`tiles/${id}.png?viewer=${this.viewer}`);
			if (!response.ok) {
				throw new Error(`Tile ${id}: ${response.status}`);
			}
			const loadedAt = performance.now();
			const bitmap = await createImageBitmap(await response.blob());
			const before = this.pictures.get(id);
			before?.bitmap.close();
			this.pictures.set(id, {
				bitmap,
				serial: Number(response.headers.get('Tile-Serial')),
				origin: response.headers.get('Tile-Origin'),
				loadedAt,
				shownAt: before ? 0 : performance.now()
			});
			this.wanted.delete(id);
			this.#forget();
			this.onChange();
		}
		catch {
			this.failedUntil = performance.now() + 1000; // the next report of the viewport starts again
		}
		finally {
			this.loading.delete(id);
			this.#next();
		}
	}

	#forget() {
		for (const [id, { bitmap }] of this.pictures) {
			if (this.pictures.size <= KEPT) {
				return;
			}
			bitmap.close();
			this.pictures.delete(id);
		}
	}

}
