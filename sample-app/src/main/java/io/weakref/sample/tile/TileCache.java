package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.function.Function;

/**
 * Where tiles are kept for as long as somebody holds them.
 */
interface TileCache {

	/**
	 * Return the name of the weak cache that has an entry for each tile that is alive.
	 */
	String weakCache();

	/**
	 * Return a tile, rendered if nobody has it. Several who ask for one tile at the same
	 * time get one image.
	 */
	BufferedImage get(TileId id, Function<TileId, BufferedImage> renderer);

	/**
	 * Return the name of what is shown now: another one, once everything is to be
	 * rendered again.
	 */
	String edition();

	/**
	 * Have everything rendered again, for everybody.
	 */
	void renderAgain();

}
