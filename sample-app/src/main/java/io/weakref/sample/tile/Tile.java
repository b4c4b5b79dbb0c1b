package io.weakref.sample.tile;

import java.awt.image.BufferedImage;

/**
 * A tile, as it is handed to a viewer. The image lives as long as it is in use.
 *
 * @param id the tile's name
 * @param image the single image of that tile
 * @param rendering the rendering of that image
 * @param origin where the image came from
 */
public record Tile(TileId id, BufferedImage image, Rendering rendering, Origin origin) {
}
