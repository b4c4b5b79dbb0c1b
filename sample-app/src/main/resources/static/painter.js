import { ORIGINS } from './tiles.js';

/**
 * Paints what the view shows: tiles, or what is known of them; frames; and where the others look.
 */
const FADE = 220;
const ANCESTORS = 10;

/** What labels stand on, for some tiles are almost white. */
export const GROUND = 'rgb(7 7 26 / 88%)';

/** A colour for each viewer, all of them equally bright. */
export const hue = (number) => `oklch(80% 0.13 ${Math.round(number * 137.5 + 140) % 360})`;

export class Painter {

	constructor(canvas, view, tiles) {
		this.canvas = canvas;
		this.context = canvas.getContext('2d', { alpha: false });
		this.view = view;
		this.tiles = tiles;
		this.frames = false;
		this.held = new Map();
		this.others = new Map(); // number → { label, rectangle, from, since }
	}

	/** Where the others look now; their frames glide there. */
	setOthers(viewers) {
		const now = performance.now();
		const gone = new Set(this.others.keys());
		for (const { number, simulated, viewport: { zoom, left, top, right, bottom } } of viewers) {
			const count = 2 ** zoom;
			const rectangle = [left / count, top / count, (right + 1) / count, (bottom + 1) / count];
			const other = this.others.get(number);
			gone.delete(number);
			if (!other) {
				this.others.set(number, { label: `${simulated ? 'simulated' : 'viewer'} ${number}`, rectangle, from: rectangle, since: 0 });
			}
			else if (other.rectangle.some((side, i) => side !== rectangle[i])) {
				Object.assign(other, { from: this.#glide(other, now), rectangle, since: now });
			}
		}
		gone.forEach((number) => this.others.delete(number));
	}

	#glide({ rectangle, from, since }, now) {
		const t = Math.min(1, (now - since) / 700);
		const eased = t * t * (3 - 2 * t);
		return rectangle.map((side, i) => t === 1 ? side : from[i] + (side - from[i]) * eased);
	}

	/** Paint; returns whether something is still changing by itself. */
	paint(now) {
		const { context, view, canvas } = this;
		const width = Math.round(view.width * view.density), height = Math.round(view.height * view.density);
		if (canvas.width !== width || canvas.height !== height) {
			canvas.width = width;
			canvas.height = height;
		}
		context.setTransform(1, 0, 0, 1, 0, 0);
		context.globalAlpha = 1;
		context.fillStyle = '#07071a';
		context.fillRect(0, 0, width, height);
		context.imageSmoothingQuality = 'medium';
		const { zoom, left, top, right, bottom } = view.viewport;
		let changing = false;
		for (let y = top; y <= bottom; y++) {
			for (let x = left; x <= right; x++) {
				changing = this.#tile(zoom, x, y, now) || changing;
			}
		}
		context.globalAlpha = 1;
		context.setTransform(view.density, 0, 0, view.density, 0, 0);
		if (this.frames) {
			this.#frames(zoom, left, top, right, bottom);
		}
		for (const [number, other] of this.others) {
			this.#other(number, other, now);
			changing ||= now - other.since < 700;
		}
		return changing;
	}

	/** The corners of a tile in device pixels, on whole ones so that no seam shows. */
	#box(zoom, x, y) {
		const { view } = this, count = 2 ** zoom;
		const x0 = Math.round(view.screenX(x / count) * view.density), x1 = Math.round(view.screenX((x + 1) / count) * view.density);
		const y0 = Math.round(view.screenY(y / count) * view.density), y1 = Math.round(view.screenY((y + 1) / count) * view.density);
		return [x0, y0, x1 - x0, y1 - y0];
	}

	#tile(zoom, x, y, now) {
		const { context, tiles } = this;
		const box = this.#box(zoom, x, y);
		const picture = tiles.get(zoom, x, y);
		const age = picture ? now - picture.shownAt : 0;
		if (!picture || age < FADE) {
			this.#instead(zoom, x, y, box);
		}
		if (picture) {
			context.globalAlpha = Math.min(1, Math.max(0, age / FADE));
			context.drawImage(picture.bitmap, ...box);
			context.globalAlpha = 1;
		}
		return picture && age < FADE;
	}

	/** A part of a coarser tile, and whatever finer tiles there are. */
	#instead(zoom, x, y, box) {
		const { context, tiles } = this;
		for (let up = 1; up <= Math.min(ANCESTORS, zoom); up++) {
			const share = 2 ** up;
			const picture = tiles.get(zoom - up, Math.floor(x / share), Math.floor(y / share));
			if (picture) {
				const size = 256 / share;
				context.drawImage(picture.bitmap, (x % share) * size, (y % share) * size, size, size, ...box);
				break;
			}
		}
		for (let i = 0; i < 4; i++) {
			const finer = [zoom + 1, 2 * x + (i & 1), 2 * y + (i >> 1)];
			const picture = tiles.get(...finer);
			if (picture) {
				context.drawImage(picture.bitmap, ...this.#box(...finer));
			}
		}
	}

	#frames(zoom, left, top, right, bottom) {
		const { context, view, tiles } = this, count = 2 ** zoom;
		context.font = '500 12px system-ui, sans-serif';
		context.textBaseline = 'top';
		for (let y = top; y <= bottom; y++) {
			for (let x = left; x <= right; x++) {
				const picture = tiles.get(zoom, x, y);
				if (!picture) {
					continue;
				}
				const viewers = this.held.get(`${zoom}/${x}/${y}`)?.viewers ?? 0;
				const x0 = view.screenX(x / count), y0 = view.screenY(y / count);
				const size = view.scale / count;
				context.strokeStyle = viewers > 1 ? 'rgb(111 208 226 / 90%)' : 'rgb(255 255 255 / 28%)';
				context.lineWidth = viewers > 1 ? 2 : 1;
				context.strokeRect(x0 + 1.5, y0 + 1.5, size - 3, size - 3);
				this.#label(`no. ${picture.serial}` + (viewers > 1 ? ` · ${viewers} viewers` : ''), x0 + 7, y0 + 7,
					viewers > 1 ? '#6fd0e2' : '#faf6d8');
				this.#label(ORIGINS[picture.origin].words, x0 + 7, y0 + 29, ORIGINS[picture.origin].color);
			}
		}
	}

	#other(number, other, now) {
		const { context, view } = this;
		const [left, top, right, bottom] = this.#glide(other, now);
		const inset = 3 + 3 * (number % 4); // so that frames of the same tiles lie beside each other
		const x0 = view.screenX(left) + inset, y0 = view.screenY(top) + inset;
		const x1 = view.screenX(right) - inset, y1 = view.screenY(bottom) - inset;
		if (x1 < 0 || y1 < 0 || x0 > view.width || y0 > view.height) {
			return;
		}
		const color = hue(number);
		context.strokeStyle = color;
		context.fillStyle = color;
		context.lineWidth = 2;
		context.font = '600 12px system-ui, sans-serif';
		context.textBaseline = 'top';
		if (x1 - x0 < 14) { // far away: a dot
			context.beginPath();
			context.arc((x0 + x1) / 2, (y0 + y1) / 2, 5, 0, 7);
			context.fill();
		}
		else {
			context.beginPath();
			context.roundRect(Math.max(-9, x0), Math.max(-9, y0), Math.min(view.width + 9, x1) - Math.max(-9, x0),
				Math.min(view.height + 9, y1) - Math.max(-9, y0), 8);
			context.stroke();
		}
		if (x0 > -60) {
			this.#label(other.label, x0 + 8, Math.max(52, y0 + 8) + 21 * (number % 4), color);
		}
	}

	#label(text, x, y, color) {
		const { context } = this;
		context.fillStyle = GROUND;
		context.beginPath();
		context.roundRect(x - 4, y - 3, context.measureText(text).width + 8, 19, 5);
		context.fill();
		context.fillStyle = color;
		context.fillText(text, x, y + 1);
	}

}
