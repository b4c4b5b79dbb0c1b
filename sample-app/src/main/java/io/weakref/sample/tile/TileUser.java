package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.stream.Stream;

/**
 * A component that refers to images of tiles, and so keeps them alive.
 */
public interface TileUser {

	/**
	 * Return the images that are in use now.
	 * @return the images; the same image may occur several times
	 */
	Stream<BufferedImage> usedImages();

}
