package io.weakref.sample.viewer;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Simulated viewers: each strolls from tile to tile about the place where it was put, and
 * comes closer or steps back now and then.
 */
@Component
class SimulatedViewers {

	static final int LIMIT = 12;

	private static final int COLUMNS = 3;

	private static final int ROWS = 2;

	private final Viewers viewers;

	SimulatedViewers(Viewers viewers) {
		this.viewers = viewers;
	}

	/**
	 * Put one more viewer into the middle of a viewport.
	 * @return whether there was room for one more
	 */
	boolean add(Viewport around) {
		if (present().size() >= LIMIT) {
			return false;
		}
		show(this.viewers.simulate(Viewport.around(around.center(), COLUMNS, ROWS)));
		return true;
	}

	private List<Viewer> present() {
		return this.viewers.remembered()
			.stream()
			.filter((viewer) -> viewer.isSimulated() && viewer.isPresent())
			.toList();
	}

	@Scheduled(fixedDelay = 1200)
	void stroll() {
		for (Viewer viewer : present()) {
			viewer.look(next(viewer.viewport()));
			show(viewer);
		}
	}

	private void show(Viewer viewer) {
		viewer.viewport().tiles().forEach((tile) -> this.viewers.show(viewer, tile));
	}

	private static Viewport next(Viewport viewport) {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		TileId here = viewport.center();
		int zoom = here.zoom();
		long x = here.x() + random.nextInt(-1, 2);
		long y = here.y() + random.nextInt(-1, 2);
		switch (random.nextInt(8)) {
			case 0 -> {
				if (zoom < TileId.MAX_ZOOM) {
					zoom++;
					x = 2 * x + random.nextInt(2);
					y = 2 * y + random.nextInt(2);
				}
			}
			case 1 -> {
				if (zoom > 2) {
					zoom--;
					x /= 2;
					y /= 2;
				}
			}
			default -> {
			}
		}
		long last = (1L << zoom) - 1;
		TileId there = new TileId(zoom, Math.max(0, Math.min(x, last)), Math.max(0, Math.min(y, last)));
		return Viewport.around(there, COLUMNS, ROWS);
	}

}
