/**
 * Where one looks. The plane is the unit square; at zoom z its side is 256 · 2^z CSS pixels long, and at tile level n
 * it has 2^n columns and rows of tiles.
 */
export const MAX_LEVEL = 43;
const TILE = 256;
const LEFT = -4.5, TOP = 4, SIDE = 8;

export const HOME = { re: -0.65, im: 0, zoom: null };

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

export class View {

	constructor() {
		this.x = 0.48125;
		this.y = 0.5;
		this.zoom = 1;
		this.width = 1;
		this.height = 1;
		this.density = 1;
	}

	resize(width, height, density) {
		this.width = width;
		this.height = height;
		this.density = density;
		this.settle();
	}

	/** The zoom at which the whole set fits. */
	get fit() {
		return Math.log2(Math.min(this.width / 0.4, this.height / 0.34) / TILE);
	}

	get minZoom() {
		return Math.min(this.fit - 0.7, 1);
	}

	get maxZoom() {
		return MAX_LEVEL - Math.log2(this.density) + 1;
	}

	/** CSS pixels per plane. */
	get scale() {
		return TILE * 2 ** this.zoom;
	}

	get level() {
		return clamp(Math.round(this.zoom + Math.log2(this.density)), 0, MAX_LEVEL);
	}

	settle() {
		this.zoom = clamp(this.zoom, this.minZoom, this.maxZoom);
		this.x = clamp(this.x, 0, 1);
		this.y = clamp(this.y, 0, 1);
	}

	screenX(x) {
		return (x - this.x) * this.scale + this.width / 2;
	}

	screenY(y) {
		return (y - this.y) * this.scale + this.height / 2;
	}

	planeX(screenX) {
		return this.x + (screenX - this.width / 2) / this.scale;
	}

	planeY(screenY) {
		return this.y + (screenY - this.height / 2) / this.scale;
	}

	pan(dx, dy) {
		this.x -= dx / this.scale;
		this.y -= dy / this.scale;
		this.settle();
	}

	/** Zoom so that what is under a point of the screen stays there. */
	zoomAt(zoom, screenX, screenY) {
		const dx = screenX - this.width / 2, dy = screenY - this.height / 2;
		const before = this.scale;
		this.zoom = clamp(zoom, this.minZoom, this.maxZoom);
		const factor = 1 / before - 1 / this.scale;
		this.x += dx * factor;
		this.y += dy * factor;
		this.settle();
	}

	/** The tiles in view, as the server wants to be told. */
	get viewport() {
		const zoom = this.level, count = 2 ** zoom;
		const column = (x) => clamp(Math.floor(x * count), 0, count - 1);
		return {
			zoom,
			left: column(this.planeX(0)),
			top: column(this.planeY(0)),
			right: column(this.planeX(this.width - 0.01)),
			bottom: column(this.planeY(this.height - 0.01))
		};
	}

	get re() {
		return LEFT + SIDE * this.x;
	}

	get im() {
		return TOP - SIDE * this.y;
	}

	/** A place given as a point of the complex plane and a zoom, the zoom at which all fits if none is given. */
	place({ re, im, zoom }) {
		return { x: (re - LEFT) / SIDE, y: (TOP - im) / SIDE, zoom: zoom ?? this.fit };
	}

	/** The place that shows all of a viewport. */
	placeOf({ zoom, left, top, right, bottom }) {
		const count = 2 ** zoom;
		const width = (right - left + 1) / count, height = (bottom - top + 1) / count;
		return {
			x: (left + right + 1) / 2 / count,
			y: (top + bottom + 1) / 2 / count,
			zoom: Math.log2(Math.min(this.width / width, this.height / height) / TILE)
		};
	}

	/**
	 * A flight that seems to go at an even speed, after J. van Wijk and W. Nuij, "Smooth and efficient zooming and
	 * panning" (2003): it rises where the way is far. Returns the position for each fraction of the way.
	 */
	flight(to) {
		const from = { x: this.x, y: this.y, zoom: this.zoom };
		const target = { x: clamp(to.x, 0, 1), y: clamp(to.y, 0, 1), zoom: clamp(to.zoom, this.minZoom, this.maxZoom) };
		const rho = 1.4, rho2 = rho * rho;
		const size = Math.max(this.width, this.height) / TILE;
		const w0 = size * 2 ** -from.zoom, w1 = size * 2 ** -target.zoom;
		const dx = target.x - from.x, dy = target.y - from.y;
		const distance = Math.hypot(dx, dy);
		if (distance < 1e-3 * Math.min(w0, w1)) {
			const length = Math.abs(Math.log(w1 / w0)) / rho;
			return { length, at: (t) => ({ x: from.x + dx * t, y: from.y + dy * t, zoom: from.zoom + (target.zoom - from.zoom) * t }) };
		}
		const r = (w, sign) => {
			const b = (w1 * w1 - w0 * w0 + sign * rho2 * rho2 * distance * distance) / (2 * w * rho2 * distance);
			return -Math.asinh(b);
		};
		const r0 = r(w0, 1), r1 = r(w1, -1);
		const length = (r1 - r0) / rho;
		return {
			length,
			at: (t) => {
				if (t >= 1) {
					return target;
				}
				const s = t * length;
				const u = w0 / rho2 * (Math.cosh(r0) * Math.tanh(rho * s + r0) - Math.sinh(r0)) / distance;
				const w = w0 * Math.cosh(r0) / Math.cosh(rho * s + r0);
				// close to the end, count from there: the start may be too far away for a double
				return u > 0.5
					? { x: target.x - dx * (1 - u), y: target.y - dy * (1 - u), zoom: Math.log2(size / w) }
					: { x: from.x + dx * u, y: from.y + dy * u, zoom: Math.log2(size / w) };
			}
		};
	}

}
