package io.weakref.sample.tile;

import java.util.List;
import java.util.stream.LongStream;

/**
 * A rectangle of tiles of one zoom level, including all four borders.
 *
 * @param zoom the zoom level
 * @param left the first column
 * @param top the first row
 * @param right the last column
 * @param bottom the last row
 */
public record Viewport(int zoom, long left, long top, long right, long bottom) {

	/**
	 * The maximum number of tiles in a viewport: enough for a screen of five thousand
	 * pixels.
	 */
	public static final int MAX_TILES = 512;

	/**
	 * Check that all tiles exist and that there are not too many.
	 * @throws OutsideThePlaneException if a tile does not exist, or if there are no tiles
	 * or too many
	 */
	public Viewport {
		TileId.checkZoom(zoom);
		long last = TileId.last(zoom);
		if (left < 0 || top < 0 || right > last || bottom > last) {
			throw new OutsideThePlaneException(
					"The viewport lies outside the plane: at zoom %d, columns and rows go from 0 to %d.".formatted(zoom,
							last));
		}
		if (left > right || top > bottom) {
			throw new OutsideThePlaneException(
					"The viewport is empty: left must not exceed right, nor top exceed bottom.");
		}
		long columns = right - left + 1;
		long rows = bottom - top + 1;
		if (columns > MAX_TILES || rows > MAX_TILES || columns * rows > MAX_TILES) {
			throw new OutsideThePlaneException(
					"The viewport is too large: %d by %d tiles, but at most %d tiles are allowed.".formatted(columns,
							rows, MAX_TILES));
		}
	}

	/**
	 * Return the viewport of at most the given size around a tile, moved inwards at the
	 * borders of the plane.
	 * @param center the tile in the middle
	 * @param columns how many columns
	 * @param rows how many rows
	 * @return the viewport
	 */
	public static Viewport around(TileId center, int columns, int rows) {
		long last = TileId.last(center.zoom());
		long left = Math.max(0, Math.min(center.x() - columns / 2, last - columns + 1));
		long top = Math.max(0, Math.min(center.y() - rows / 2, last - rows + 1));
		return new Viewport(center.zoom(), left, top, Math.min(last, left + columns - 1),
				Math.min(last, top + rows - 1));
	}

	/**
	 * Return the tile in the middle, the latter one if there are two. Unless the plane
	 * ends nearby, this is the viewport {@linkplain #around around} that tile.
	 * @return the tile in the middle
	 */
	public TileId center() {
		return new TileId(this.zoom, this.left + (this.right - this.left + 1) / 2,
				this.top + (this.bottom - this.top + 1) / 2);
	}

	/**
	 * Return whether the viewport shows a tile.
	 * @param tile the tile
	 * @return whether it does
	 */
	public boolean shows(TileId tile) {
		return tile.zoom() == this.zoom && tile.x() >= this.left && tile.x() <= this.right && tile.y() >= this.top
				&& tile.y() <= this.bottom;
	}

	/**
	 * Return every tile that the viewport shows, row by row.
	 * @return the tiles
	 */
	public List<TileId> tiles() {
		return LongStream.rangeClosed(this.top, this.bottom)
			.boxed()
			.flatMap((y) -> LongStream.rangeClosed(this.left, this.right).mapToObj((x) -> new TileId(this.zoom, x, y)))
			.toList();
	}

}
