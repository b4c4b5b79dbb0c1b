package io.weakref.sample.tile;

import java.awt.image.BufferedImage;

/**
 * A tile as handed to somebody who looks at it. The image lives as long as somebody holds
 * it.
 *
 * @param id the tile's name
 * @param image the one image of that tile there is
 * @param rendering what is known of that image
 * @param origin where the image was taken from
 */
public record Tile(TileId id, BufferedImage image, Rendering rendering, Origin origin) {
}
