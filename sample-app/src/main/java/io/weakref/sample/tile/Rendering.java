package io.weakref.sample.tile;

import java.time.Duration;

/**
 * What is known of one rendering of a tile, attached weakly to its image: it goes when
 * the image goes. Must not refer to the image, or neither would ever go.
 *
 * @param serial numbers the renderings of this run: the same number, the same instance
 * @param took how long the rendering took
 * @param png the image as PNG, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record Rendering(long serial, Duration took, byte[] png) {
}
