package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Function;

/**
 * Stores tiles as long as they are in use.
 */
interface TileCache {

	/**
	 * Return the name of the weak cache that has an entry for each live tile.
	 */
	String weakCache();

	/**
	 * Return the names of all weak caches that {@link #weakCache()} can return.
	 */
	List<String> weakCaches();

	/**
	 * Return a tile, rendered if nobody has it. Several who ask for one tile at the same
	 * time get one image.
	 */
	BufferedImage get(TileId id, Function<TileId, BufferedImage> renderer);

	/**
	 * Return the name of the current edition. It changes when everything is to be
	 * rendered again.
	 */
	String edition();

	/**
	 * Start a new edition: every tile is rendered again, for all viewers.
	 */
	void renderAgain();

}
