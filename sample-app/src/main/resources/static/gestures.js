/**
 * Moves a view by pointer, wheel, pinch and keyboard, with inertia, and by flights.
 */
const GLIDE = 260; // milliseconds in which a thrown plane loses two thirds of its speed
const EASE = 90; // likewise, what is left of the way to where the wheel points
const STEP = 130; // pixels per arrow key

export class Gestures {

	constructor(canvas, view, onMove) {
		this.canvas = canvas;
		this.view = view;
		this.onMove = onMove;
		this.pointers = new Map();
		this.velocity = { x: 0, y: 0 };
		this.zooming = null; // { zoom, x, y }: the zoom aimed at, and the point of the screen to keep
		this.flying = null;
		this.hover = null;
		this.calm = matchMedia('(prefers-reduced-motion: reduce)');
		canvas.addEventListener('pointerdown', (event) => this.#down(event));
		canvas.addEventListener('pointermove', (event) => this.#move(event));
		canvas.addEventListener('pointerup', (event) => this.#up(event));
		canvas.addEventListener('pointercancel', (event) => this.#up(event));
		canvas.addEventListener('pointerleave', () => {
			this.hover = null;
			this.onMove();
		});
		canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
		canvas.addEventListener('dblclick', (event) => this.zoomBy(event.shiftKey ? -1 : 1, event.offsetX, event.offsetY));
		addEventListener('keydown', (event) => this.#key(event));
	}

	get moving() {
		return this.pointers.size > 0 || this.zooming || this.flying || this.velocity.x || this.velocity.y;
	}

	zoomBy(levels, x = this.view.width / 2, y = this.view.height / 2) {
		this.#halt();
		const { view } = this;
		const zoom = (this.zooming?.zoom ?? view.zoom) + levels;
		this.zooming = { zoom: Math.max(view.minZoom, Math.min(view.maxZoom, zoom)), x, y };
		this.onMove();
	}

	flyTo(place) {
		this.#halt();
		this.zooming = null;
		const flight = this.view.flight(place);
		const duration = this.calm.matches ? 0 : Math.min(5000, 500 + 260 * flight.length);
		this.flying = { flight, duration, since: performance.now() };
		this.onMove();
	}

	/** Move on by the time that has passed; called for each frame. */
	advance(now, elapsed) {
		const { view, velocity } = this;
		if (this.flying) {
			const { flight, duration, since } = this.flying;
			const t = duration ? Math.min(1, (now - since) / duration) : 1;
			Object.assign(view, flight.at(t * t * (3 - 2 * t)));
			view.settle();
			if (t === 1) {
				this.flying = null;
			}
		}
		if (this.zooming) {
			const { zoom, x, y } = this.zooming;
			const left = zoom - view.zoom;
			if (Math.abs(left) < 0.002 || this.calm.matches) {
				view.zoomAt(zoom, x, y);
				this.zooming = null;
			}
			else {
				view.zoomAt(view.zoom + left * (1 - Math.exp(-elapsed / EASE)), x, y);
			}
		}
		if (this.pointers.size === 0 && (velocity.x || velocity.y)) {
			view.pan(velocity.x * elapsed, velocity.y * elapsed);
			const slower = Math.exp(-elapsed / GLIDE);
			velocity.x *= slower;
			velocity.y *= slower;
			if (Math.hypot(velocity.x, velocity.y) < 0.01) {
				this.#halt();
			}
		}
	}

	#halt() {
		this.velocity.x = this.velocity.y = 0;
		this.flying = null;
	}

	#down(event) {
		if (event.button !== 0) {
			return;
		}
		this.canvas.setPointerCapture(event.pointerId);
		this.canvas.classList.add('dragging');
		this.#halt();
		this.zooming = null;
		this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY, at: event.timeStamp });
	}

	#move(event) {
		this.hover = { x: event.offsetX, y: event.offsetY };
		const before = this.pointers.get(event.pointerId);
		if (before) {
			const old = this.#middle();
			const now = { x: event.offsetX, y: event.offsetY, at: event.timeStamp };
			this.pointers.set(event.pointerId, now);
			const middle = this.#middle();
			const dx = middle.x - old.x, dy = middle.y - old.y;
			this.view.pan(dx, dy);
			if (middle.spread && old.spread) {
				this.view.zoomAt(this.view.zoom + Math.log2(middle.spread / old.spread), middle.x, middle.y);
			}
			const elapsed = Math.max(1, now.at - before.at);
			const weight = Math.min(1, elapsed / 40);
			this.velocity.x += (dx / elapsed - this.velocity.x) * weight;
			this.velocity.y += (dy / elapsed - this.velocity.y) * weight;
		}
		this.onMove();
	}

	#up(event) {
		const last = this.pointers.get(event.pointerId);
		if (!this.pointers.delete(event.pointerId)) {
			return;
		}
		if (this.pointers.size > 0 || event.timeStamp - last.at > 60 || this.calm.matches) {
			this.#halt();
		}
		if (this.pointers.size === 0) {
			this.canvas.classList.remove('dragging');
		}
		this.onMove();
	}

	#middle() {
		const points = [...this.pointers.values()];
		const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
		const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
		const spread = points.length > 1 ? Math.hypot(points[0].x - points[1].x, points[0].y - points[1].y) : 0;
		return { x, y, spread };
	}

	#wheel(event) {
		event.preventDefault();
		const unit = [1, 20, this.view.height][event.deltaMode];
		const levels = -event.deltaY * unit * (event.ctrlKey ? 0.012 : 0.0025);
		this.zoomBy(Math.max(-1.5, Math.min(1.5, levels)), event.offsetX, event.offsetY);
	}

	#key(event) {
		if (event.ctrlKey || event.metaKey || event.altKey || document.activeElement?.closest('#side, dialog')) {
			return;
		}
		const steps = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
		const step = steps[event.key];
		if (step) {
			this.flying = null;
			// thrown so that it comes to rest a step further
			this.velocity.x = step[0] * STEP / GLIDE + this.velocity.x * 0.5;
			this.velocity.y = step[1] * STEP / GLIDE + this.velocity.y * 0.5;
		}
		else if (event.key === '+' || event.key === '=') {
			this.zoomBy(0.5);
		}
		else if (event.key === '-') {
			this.zoomBy(-0.5);
		}
		else {
			return;
		}
		event.preventDefault();
		this.onMove();
	}

}
