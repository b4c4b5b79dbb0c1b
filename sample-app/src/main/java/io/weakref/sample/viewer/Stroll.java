package io.weakref.sample.viewer;

import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;

/**
 * The walk of a simulated viewer. At each step it looks at a tile that the nearest page
 * shows, or at a tile in that area one level above or below, so it does not drift away.
 * From a more distant level it halves the distance with each step.
 */
final class Stroll {

	private Stroll() {
	}

	/**
	 * Return where a viewer looks next.
	 * @param here the tile in the middle of its view
	 * @param shown the viewports of the pages, at least one
	 * @param random decides the direction
	 * @return the tile in the middle of its next view
	 */
	static TileId next(TileId here, List<Viewport> shown, RandomGenerator random) {
		Viewport nearest = shown.stream()
			.min(Comparator.comparingInt((viewport) -> levelsBetween(here, viewport.center())))
			.orElseThrow();
		int zoom = here.zoom() + levels(nearest.zoom() - here.zoom(), random);
		zoom = Math.max(0, Math.min(zoom, TileId.MAX_ZOOM));
		long x = at(zoom, here.zoom(), here.x(), random) + random.nextInt(-1, 2);
		long y = at(zoom, here.zoom(), here.y(), random) + random.nextInt(-1, 2);
		int closer = zoom - nearest.zoom();
		return new TileId(zoom, Math.max(first(nearest.left(), closer), Math.min(x, last(nearest.right(), closer))),
				Math.max(first(nearest.top(), closer), Math.min(y, last(nearest.bottom(), closer))));
	}

	private static int levels(int toTheNearest, RandomGenerator random) {
		if (Math.abs(toTheNearest) > 1) {
			return toTheNearest / 2;
		}
		if (toTheNearest != 0) {
			return random.nextBoolean() ? toTheNearest : 0;
		}
		return switch (random.nextInt(16)) {
			case 0 -> 1;
			case 1 -> -1;
			default -> 0;
		};
	}

	private static long at(int zoom, int zoomOfTile, long columnOrRow, RandomGenerator random) {
		int closer = zoom - zoomOfTile;
		return random.nextLong(first(columnOrRow, closer), last(columnOrRow, closer) + 1);
	}

	private static long first(long columnOrRow, int closer) {
		return (closer < 0) ? columnOrRow >> -closer : columnOrRow << closer;
	}

	private static long last(long columnOrRow, int closer) {
		return (closer < 0) ? columnOrRow >> -closer : ((columnOrRow + 1) << closer) - 1;
	}

	/**
	 * Return the number of levels between two tiles: up to the level at which they are
	 * neighbours, and down again.
	 */
	private static int levelsBetween(TileId one, TileId other) {
		int zoom = Math.min(one.zoom(), other.zoom());
		while (!areNeighbors(one, other, zoom)) {
			zoom--;
		}
		return one.zoom() - zoom + other.zoom() - zoom;
	}

	private static boolean areNeighbors(TileId one, TileId other, int zoom) {
		return Math.abs(first(one.x(), zoom - one.zoom()) - first(other.x(), zoom - other.zoom())) <= 1
				&& Math.abs(first(one.y(), zoom - one.zoom()) - first(other.y(), zoom - other.zoom())) <= 1;
	}

}
