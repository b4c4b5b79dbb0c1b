package io.weakref.sample.tile;

import java.util.Comparator;

/**
 * The name of a tile: at zoom {@code z} the plane is divided into 2<sup>z</sup> columns
 * and as many rows, counted from its upper left corner. Tiles are ordered by zoom, then
 * row by row.
 *
 * @param zoom the zoom level, from 0 to {@value #MAX_ZOOM}
 * @param x the column, from 0 to 2<sup>zoom</sup> - 1
 * @param y the row, from 0 to 2<sup>zoom</sup> - 1
 */
public record TileId(int zoom, long x, long y) implements Comparable<TileId> {

	/**
	 * The deepest zoom level. There, adjacent pixels are 2<sup>-48</sup> apart, eight
	 * times the distance between two {@code double} values in the outer parts of the
	 * plane. At deeper levels images would dissolve into blocks.
	 */
	public static final int MAX_ZOOM = 43;

	private static final Comparator<TileId> ROW_BY_ROW = Comparator.comparingInt(TileId::zoom)
		.thenComparingLong(TileId::y)
		.thenComparingLong(TileId::x);

	/**
	 * Check that the tile exists.
	 * @throws OutsideThePlaneException if it does not
	 */
	public TileId {
		checkZoom(zoom);
		long last = last(zoom);
		if (x < 0 || x > last || y < 0 || y > last) {
			throw new OutsideThePlaneException(
					"Tile %d/%d/%d lies outside the plane: at zoom %d, x and y go from 0 to %d.".formatted(zoom, x, y,
							zoom, last));
		}
	}

	@Override
	public int compareTo(TileId other) {
		return ROW_BY_ROW.compare(this, other);
	}

	static void checkZoom(int zoom) {
		if (zoom < 0 || zoom > MAX_ZOOM) {
			throw new OutsideThePlaneException(
					"Zoom %d is beyond the limit: zoom goes from 0 to %d.".formatted(zoom, MAX_ZOOM));
		}
	}

	static long last(int zoom) {
		return (1L << zoom) - 1;
	}

}
